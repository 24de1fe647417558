import type { BlockParts, ReducedBlock } from '../engine/encode/reduce-block.js';
import type { GeoCropError } from '../engine/errors.js';
import { METATILE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { Archive } from './archive.js';
import type { ObjectStore } from './object-store.js';
import type { Candidate } from './pyramid-candidate.js';
import { cellChange } from './pyramid-cell-change.js';
import { PyramidChildren } from './pyramid-children.js';
import { PyramidFiles } from './pyramid-files.js';
import {
  ancestor,
  CELL_ZOOM,
  distinctTiles,
  isSameTile,
  NODE_ZOOMS,
  type PyramidName,
} from './pyramid-keys.js';
import { PyramidListing } from './pyramid-listing.js';
import type { PyramidMap } from './pyramid-map.js';
import type { Mark, MarkContent, PyramidMarks } from './pyramid-marks.js';
import { nodeChange } from './pyramid-node-change.js';
import type { NodeVersion, PyramidNodes } from './pyramid-nodes.js';
import { PyramidUpdates } from './pyramid-updates.js';

export interface PyramidRefreshOptions {
  readonly store: ObjectStore;
  readonly archive: Pick<Archive, 'current' | 'readTile'>;
  readonly nodes: PyramidNodes;
  readonly marks: PyramidMarks;
  readonly reduce: (parts: BlockParts) => Promise<ReducedBlock>;
  readonly now: () => Date;
  readonly onDamage?: (error: GeoCropError) => void;
  /** What was superseded stays for this long, milliseconds: a reader may hold it. Default 60,000. */
  readonly graceMs?: number;
}

/** A mark whose metatile does not come: its writer has died, and whoever makes the metatile puts another. */
const STALE_MARK_MS = 600_000;

/**
 * Brings the pyramid's nodes in step with the archive, from the deepest zoom up. Every node is updated as compare and swap
 * ({@link PyramidUpdates}), so writers in any number of processes lose nothing, and may die anywhere.
 * Throws what the store throws, and `aborted`.
 */
export class PyramidRefresh {
  private readonly listing: PyramidListing;
  private readonly files: PyramidFiles;
  private readonly children: PyramidChildren;
  private readonly updates: PyramidUpdates;

  constructor(private readonly options: PyramidRefreshOptions) {
    this.listing = new PyramidListing(options.store);
    this.files = new PyramidFiles(options.store, options.onDamage);
    this.children = new PyramidChildren(options);
    this.updates = new PyramidUpdates({ ...options, files: this.files });
  }

  /** Shows what the marks of a map tell, in all zooms, and removes those that are used. */
  async useMarks(map: PyramidMap, marks: readonly Mark[], signal?: AbortSignal): Promise<void> {
    const contents = new Map<Mark, MarkContent>();
    for (const mark of marks) {
      const content = await this.options.marks.read(mark);
      if (content !== undefined) contents.set(mark, content);
    }
    const candidates = [...contents]
      .filter(([{ place }]) => place.z === METATILE_ZOOM)
      .map(([{ place }, content]) => ({ metatile: place, content }));
    const broken = [...contents.keys()].filter(({ place }) => place.z !== METATILE_ZOOM);
    await this.refresh(map, candidates, { broken: broken.map(({ place }) => place), signal });
    const shown = new Map<string, Promise<NodeVersion>>();
    for (const [mark, content] of contents) {
      const cell = ancestor(mark.place, Math.min(mark.place.z, CELL_ZOOM));
      const key = `${cell.x}/${cell.y}`;
      const version = shown.get(key) ?? this.options.nodes.newest(map.name, cell);
      shown.set(key, version);
      if (this.isUsed(await version, mark, content)) await this.options.marks.remove(mark);
    }
  }

  /**
   * Holds all that is archived of a map against its nodes, and makes what differs or is broken.
   * @param others metatiles that are known to have no scenes
   */
  async check(
    map: PyramidMap,
    others: readonly Candidate[],
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const { name, made } = map;
    const archived = await this.listing.archived(name);
    const candidates = [...archived.map((metatile) => ({ metatile, content: {} })), ...others];
    const broken: TileId[] = [];
    const existing = await this.listing.existing(name);
    for (const node of existing) {
      signal?.throwIfAborted();
      const version = await this.options.nodes.newest(name, node);
      if (!(await this.files.isWhole(version, made))) broken.push(node);
    }
    await this.refresh(map, candidates, { broken, also: existing, signal, onProgress });
    for (const node of await this.listing.existing(name)) await this.sweep(name, node);
  }

  /** Removes what was superseded long enough ago. */
  async sweep(name: PyramidName, node: TileId): Promise<void> {
    await this.updates.sweep(name, node);
  }

  private async refresh(
    map: PyramidMap,
    candidates: readonly Candidate[],
    options: {
      /** To be made anew. */
      readonly broken: readonly TileId[];
      /** To be looked at whatever has changed. */
      readonly also?: readonly TileId[];
      readonly signal: AbortSignal | undefined;
      /** Told of each zoom's nodes. */
      readonly onProgress?: ((done: number, total: number) => void) | undefined;
    },
  ): Promise<void> {
    const { broken, also = [], signal, onProgress } = options;
    const sources = { ...this.options, listing: this.listing, children: this.children };
    let children: readonly TileId[] = candidates.map(({ metatile: { x, y } }) => ({
      z: METATILE_ZOOM,
      x,
      y,
    }));
    for (const zoom of NODE_ZOOMS) {
      const nodes = distinctTiles([
        ...children.map((child) => ancestor(child, zoom)),
        ...[...broken, ...also].filter(({ z }) => z === zoom),
      ]);
      let done = 0;
      for (const node of nodes) {
        signal?.throwIfAborted();
        const isBelow = (tile: TileId): boolean => isSameTile(ancestor(tile, zoom), node);
        const change =
          zoom === CELL_ZOOM
            ? cellChange(
                sources,
                map,
                node,
                candidates.filter(({ metatile: { x, y } }) => isBelow({ z: METATILE_ZOOM, x, y })),
              )
            : nodeChange(sources, map, node, children.filter(isBelow));
        const isBroken = broken.some((one) => isSameTile(one, node));
        await this.updates.update(map, node, change, isBroken, signal);
        done += 1;
        onProgress?.(done, nodes.length);
      }
      children = nodes;
    }
  }

  private isUsed({ document }: NodeVersion, mark: Mark, content: MarkContent): boolean {
    if (mark.place.z !== METATILE_ZOOM) return true;
    if (this.options.now().getTime() - mark.madeAt >= STALE_MARK_MS) return true;
    const entry = document?.metatiles.find(({ x, y }) => x === mark.place.x && y === mark.place.y);
    if (entry === undefined) return false;
    const { scenes, lookedUpAt } = content;
    return (
      scenes === undefined ||
      entry.scenes === scenes ||
      (entry.lookedUpAt !== null && lookedUpAt !== undefined && entry.lookedUpAt >= lookedUpAt)
    );
  }
}
