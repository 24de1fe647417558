import type { TileId } from '../engine/geo/tile-matrix.js';
import type { ChangeOf } from './pyramid-change.js';
import type { PyramidChildren } from './pyramid-children.js';
import { below, byPlace, isEqual, type Cell } from './pyramid-documents.js';
import { ancestor, CELL_ZOOM, distinctTiles, isSameTile, NODE_LEVELS } from './pyramid-keys.js';
import type { PyramidListing } from './pyramid-listing.js';
import type { PyramidMap } from './pyramid-map.js';
import type { NodeVersion, PyramidNodes } from './pyramid-nodes.js';

export interface NodeChangeSources {
  readonly nodes: PyramidNodes;
  readonly listing: PyramidListing;
  readonly children: PyramidChildren;
}

/**
 * What changes in a z4 or z0 node: made of the nodes below.
 * @param candidates those of them that may have changed
 */
export function nodeChange(
  { nodes, listing, children }: NodeChangeSources,
  { name, made }: PyramidMap,
  node: TileId,
  candidates: readonly TileId[],
): ChangeOf {
  /** Versions of nodes that could not be read: not tried again. */
  const unreadable = new Set<string>();
  return async ({ document, version }, anew) => {
    let cells: readonly Cell[] = document?.cells ?? [];
    const childZoom = node.z + NODE_LEVELS;
    const all =
      anew || (document === undefined && version > 0)
        ? (await listing.existing(name, childZoom)).filter((child) =>
            isSameTile(ancestor(child, node.z), node),
          )
        : candidates;
    const versions = new Map<string, NodeVersion>();
    const changed: TileId[] = [];
    let differs = false;
    for (const child of distinctTiles(all)) {
      const newest = await nodes.newest(name, child);
      const mine = below(cells, CELL_ZOOM, child);
      const theirs = newest.document?.cells ?? [];
      if (theirs.length === 0 || unreadable.has(versionName(newest))) continue;
      const isNew = !isEqual(mine, theirs);
      if (!anew && !isNew) continue;
      differs ||= isNew;
      cells = [...cells.filter((cell) => !mine.includes(cell)), ...theirs].sort(byPlace);
      versions.set(`${child.x}/${child.y}`, newest);
      if (anew || !isEqual(pixelsOf(mine), pixelsOf(theirs))) changed.push(child);
    }
    if (!differs && changed.length === 0) return undefined;
    return {
      metatiles: [],
      cells,
      changed,
      read: async (child) => {
        const newest = versions.get(`${child.x}/${child.y}`);
        const tile = newest && (await children.node(newest, made));
        if (newest !== undefined && tile === undefined) unreadable.add(versionName(newest));
        return tile;
      },
    };
  };
}

const pixelsOf = (cells: readonly Cell[]): unknown => cells.map(({ x, y, digest }) => [x, y, digest]);
const versionName = ({ node, version }: NodeVersion): string => `${node.x}/${node.y}/${version}`;
