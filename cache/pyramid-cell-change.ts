import { METATILE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { Archive } from './archive.js';
import { wantedEntry, type Candidate } from './pyramid-candidate.js';
import type { ChangeOf } from './pyramid-change.js';
import type { PyramidChildren } from './pyramid-children.js';
import { byPlace, cellOf, isEqual } from './pyramid-documents.js';
import type { PyramidListing } from './pyramid-listing.js';
import type { PyramidMap } from './pyramid-map.js';

export interface CellChangeSources {
  readonly archive: Pick<Archive, 'current'>;
  readonly listing: PyramidListing;
  readonly children: PyramidChildren;
}

/**
 * What changes in a z8 node: made of metatiles.
 * @param candidates those of the node
 */
export function cellChange(
  { archive, listing, children }: CellChangeSources,
  map: PyramidMap,
  node: TileId,
  candidates: readonly Candidate[],
): ChangeOf {
  const { name } = map;
  /** Metatiles that could not be read, as they were then: not tried again before they are others. */
  const unreadable = new Set<string>();
  return async ({ document, version }, anew) => {
    const entries = new Map((document?.metatiles ?? []).map((entry) => [`${entry.x}/${entry.y}`, entry]));
    const changed = new Map<string, TileId>();
    let differs = false;
    const all = [...candidates];
    // Of what a damaged document listed nothing is known: the archive has it.
    if (document === undefined && version > 0) {
      for (const metatile of await listing.archivedBelow(name, node)) all.push({ metatile, content: {} });
    }
    if (anew) {
      for (const { x, y, empty } of entries.values()) {
        if (!empty) all.push({ metatile: { x, y }, content: {} });
      }
    }
    for (const candidate of all) {
      const { x, y } = candidate.metatile;
      const key = `${x}/${y}`;
      const have = entries.get(key);
      const want = await wantedEntry(archive, name, candidate);
      if (want === undefined || unreadable.has(`${key}/${want.scenes}`)) {
        // What is no longer archived cannot be made anew.
        if (anew && have?.empty === false) differs = entries.delete(key) || differs;
        continue;
      }
      const samePixels = have?.scenes === want.scenes && have.empty === want.empty;
      const isOlder =
        have !== undefined &&
        have.lookedUpAt !== null &&
        (want.lookedUpAt === null || want.lookedUpAt < have.lookedUpAt);
      const isNew = !isOlder && !isEqual(have, want);
      if (!anew && !isNew) continue;
      differs ||= isNew;
      if (isNew) entries.set(key, want);
      if (anew || !samePixels) changed.set(key, { z: METATILE_ZOOM, x, y });
    }
    if (!differs && changed.size === 0) return undefined;
    const metatiles = [...entries.values()].sort(byPlace);
    return {
      metatiles,
      cells: metatiles.length === 0 ? [] : [cellOf(node, metatiles)],
      changed: [...changed.values()],
      read: async (tile) => {
        const entry = entries.get(`${tile.x}/${tile.y}`);
        const child = entry && (await children.metatile(map, tile, entry));
        if (child === undefined) unreadable.add(`${tile.x}/${tile.y}/${entry?.scenes ?? ''}`);
        return child;
      },
    };
  };
}
