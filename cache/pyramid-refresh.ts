import { breathe } from '../engine/breathe.js';
import { canonicalJson } from '../engine/digest.js';
import { GeoCropError } from '../engine/errors.js';
import { METATILE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import type { BlockParts, ReducedBlock } from '../engine/encode/reduce-block.js';
import type { Archive } from './archive.js';
import { hasArchivedBlock, readArchivedBlock } from './archive-cog.js';
import { KeptHeaders } from './kept-headers.js';
import type { ObjectStore } from './object-store.js';
import { placeIn } from './pyramid.js';
import {
  below,
  byPlace,
  cellOf,
  type Cell,
  type MetatileEntry,
  type NodeDocument,
} from './pyramid-documents.js';
import {
  ancestor,
  CELL_ZOOM,
  newFolder,
  NODE_LEVELS,
  NODE_ZOOMS,
  nodePrefix,
  nodeProductKey,
  PYRAMID_BUCKET,
  type PyramidName,
} from './pyramid-keys.js';
import type { Mark, MarkContent, PyramidMarks } from './pyramid-marks.js';
import { isDamage, type NodeVersion, type PyramidNodes } from './pyramid-nodes.js';
import {
  buildNode,
  openOldNode,
  type ChildTile,
  type OldNode,
  type PyramidProducts,
} from './pyramid-writer.js';

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

/** A map's part of the pyramid, and what it holds. */
export interface PyramidMap {
  readonly name: PyramidName;
  readonly made: PyramidProducts;
}

/** A metatile that may be new, and what a mark says of it. */
export interface Candidate {
  readonly metatile: { readonly x: number; readonly y: number };
  readonly content: MarkContent;
}

const DEFAULT_GRACE_MS = 60_000;
/** A mark whose metatile does not come: its writer has died, and whoever makes the metatile puts another. */
const STALE_MARK_MS = 600_000;
/** Each time that another writer was first, one update got in: so many in a row are a fault. */
const MOST_TRIES = 200;

/** What is to change in a node, by what is there now. */
interface Change {
  readonly metatiles: readonly MetatileEntry[];
  readonly cells: readonly Cell[];
  /** Children with other pixels. */
  readonly changed: readonly TileId[];
  readonly read: (child: TileId) => Promise<ChildTile | undefined>;
}

/**
 * Brings the pyramid's nodes in step with the archive. Every node is updated as compare and swap: its newest version is read first, then
 * what it is made of, then the next version is added, unless another writer was first; and an update counts as done only once the newest
 * version, read again, shows it. So writers in any number of processes lose nothing, and may die anywhere.
 * Throws what the store throws, and `aborted`.
 */
export class PyramidRefresh {
  private readonly headers: KeptHeaders;

  constructor(private readonly options: PyramidRefreshOptions) {
    this.headers = new KeptHeaders(options.store, PYRAMID_BUCKET, 100);
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
    await this.refresh(map, candidates, { broken: broken.map(({ place }) => place), ...signalOf(signal) });
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
    const archived = await this.archived(name, `archive/${name.recipe}/${name.season}/12/`);
    const candidates = [...archived.map((metatile) => ({ metatile, content: {} })), ...others];
    const broken: TileId[] = [];
    const existing = await this.existing(name);
    for (const node of existing) {
      signal?.throwIfAborted();
      const version = await this.options.nodes.newest(name, node);
      if (!(await this.isWhole(version, made))) broken.push(node);
    }
    await this.refresh(map, candidates, {
      broken,
      also: existing,
      ...signalOf(signal),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    for (const node of await this.existing(name)) await this.sweep(name, node);
  }

  /** Removes what was superseded long enough ago. */
  async sweep(name: PyramidName, node: TileId): Promise<void> {
    const { nodes, now, graceMs = DEFAULT_GRACE_MS } = this.options;
    await nodes.sweep(name, node, graceMs, now().getTime());
  }

  private async refresh(
    map: PyramidMap,
    candidates: readonly Candidate[],
    options: {
      /** To be made anew. */
      readonly broken: readonly TileId[];
      /** To be looked at whatever has changed. */
      readonly also?: readonly TileId[];
      readonly signal?: AbortSignal;
      readonly onProgress?: (done: number, total: number) => void;
    },
  ): Promise<void> {
    const { signal, onProgress } = options;
    const isBroken = (node: TileId): boolean => options.broken.some((one) => isSame(one, node));
    let children: readonly TileId[] = candidates.map(({ metatile }) => ({
      z: METATILE_ZOOM,
      ...place(metatile),
    }));
    let done = 0;
    for (const zoom of NODE_ZOOMS) {
      const nodes = distinct([
        ...children.map((child) => ancestor(child, zoom)),
        ...[...options.broken, ...(options.also ?? [])].filter(({ z }) => z === zoom),
      ]);
      for (const node of nodes) {
        signal?.throwIfAborted();
        const own = (tile: TileId): boolean => isSame(ancestor(tile, zoom), node);
        const change =
          zoom === CELL_ZOOM
            ? this.metatileChange(
                map,
                node,
                candidates.filter(({ metatile }) => own({ z: METATILE_ZOOM, ...place(metatile) })),
              )
            : this.nodeChange(map, node, children.filter(own));
        await this.update(map, node, change, isBroken(node), signal);
        done += 1;
        onProgress?.(done, nodes.length);
      }
      children = nodes;
      done = 0;
    }
  }

  /** Compare and swap, until the newest version needs no change. */
  private async update(
    { name, made }: PyramidMap,
    node: TileId,
    changeOf: (version: NodeVersion, anew: boolean) => Promise<Change | undefined>,
    broken: boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { nodes, store, now } = this.options;
    const prefix = nodePrefix(name, node);
    let anew = broken;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const version = await nodes.newest(name, node);
      if (version.document === undefined && version.version > 0) anew = true;
      const change = await changeOf(version, anew);
      if (change === undefined) return;
      let folder = anew ? undefined : version.document?.folder;
      const written: string[] = [];
      if (change.changed.length > 0) {
        const old = anew ? new Map<string, OldNode>() : await this.oldFiles(version, made);
        if (old === undefined) {
          anew = true;
          continue;
        }
        let built;
        try {
          built = await buildNode({
            node,
            made,
            old: (product) => old.get(product),
            changed: change.changed,
            read: change.read,
            reduce: this.options.reduce,
            ...signalOf(signal),
          });
        } catch (error) {
          if (!isDamage(error) || anew) throw error;
          this.options.onDamage?.(error);
          anew = true;
          continue;
        }
        // What could not be read is left as it is: asked again, it gives no change any more.
        if (built === undefined) continue;
        if (built.used.length < change.changed.length) continue;
        folder = newFolder(version.version + 1);
        for (const [product, { tif, auxXml }] of built.products) {
          const key = nodeProductKey(prefix, folder, product);
          if (auxXml !== undefined) {
            written.push(`${key}.aux.xml`);
            await store.put(PYRAMID_BUCKET, `${key}.aux.xml`, Buffer.from(auxXml, 'utf8'), {
              contentType: 'application/xml',
            });
          }
          written.push(key);
          await store.put(PYRAMID_BUCKET, key, tif, {
            contentType: 'image/tiff; application=geotiff; profile=cloud-optimized',
          });
        }
      }
      const document: NodeDocument = {
        format: 1,
        folder: folder ?? newFolder(version.version + 1),
        products: made.products,
        metatiles: change.metatiles,
        cells: change.cells,
        created: now().toISOString(),
      };
      const outcome = await nodes.add(version, document);
      if (outcome === 'written') anew = false;
      else for (const key of written) await store.delete(PYRAMID_BUCKET, key);
      await this.sweep(name, node);
    }
    throw new GeoCropError('store-unavailable', `${prefix} changes faster than it can be written.`, {
      context: { prefix },
    });
  }

  /** Of a z8 node: made of metatiles. */
  private metatileChange(
    { name, made }: PyramidMap,
    node: TileId,
    candidates: readonly Candidate[],
  ): (version: NodeVersion, anew: boolean) => Promise<Change | undefined> {
    /** Metatiles that could not be read, as they were then: not tried again before they are others. */
    const unreadable = new Set<string>();
    return async ({ document, version }, anew) => {
      const entries = new Map((document?.metatiles ?? []).map((entry) => [`${entry.x}/${entry.y}`, entry]));
      const changed = new Map<string, TileId>();
      let differs = false;
      const all = [...candidates];
      // Of what a damaged document listed nothing is known: the archive has it.
      if (document === undefined && version > 0) {
        for (const metatile of await this.archivedBelow(name, node)) all.push({ metatile, content: {} });
      }
      if (anew) {
        for (const { x, y, empty } of entries.values()) {
          if (!empty) all.push({ metatile: { x, y }, content: {} });
        }
      }
      for (const { metatile, content } of all) {
        const key = `${metatile.x}/${metatile.y}`;
        const have = entries.get(key);
        const want = await this.wanted(name, metatile, content);
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
        if (anew || !samePixels) changed.set(key, { z: METATILE_ZOOM, ...place(metatile) });
      }
      if (!differs && changed.size === 0) return undefined;
      const metatiles = [...entries.values()].sort(byPlace);
      const tiles = [...changed.values()];
      return {
        metatiles,
        cells: metatiles.length === 0 ? [] : [cellOf(node, metatiles)],
        changed: tiles,
        read: async (tile) => {
          const entry = entries.get(`${tile.x}/${tile.y}`);
          const child = entry && (await this.metatileTile(name, made, tile, entry));
          if (child === undefined) unreadable.add(`${tile.x}/${tile.y}/${entry?.scenes ?? ''}`);
          return child;
        },
      };
    };
  }

  /** Of a z4 or z0 node: made of the nodes below. */
  private nodeChange(
    { name, made }: PyramidMap,
    node: TileId,
    children: readonly TileId[],
  ): (version: NodeVersion, anew: boolean) => Promise<Change | undefined> {
    const unreadable = new Set<string>();
    return async ({ document, version }, anew) => {
      let cells: readonly Cell[] = document?.cells ?? [];
      const childZoom = node.z + NODE_LEVELS;
      const all =
        anew || (document === undefined && version > 0)
          ? (await this.existing(name, childZoom)).filter((child) => isSame(ancestor(child, node.z), node))
          : children;
      const versions = new Map<string, NodeVersion>();
      const changed: TileId[] = [];
      let differs = false;
      for (const child of distinct(all)) {
        const newest = await this.options.nodes.newest(name, child);
        const mine = below(cells, CELL_ZOOM, child);
        const theirs = newest.document?.cells ?? [];
        if (theirs.length === 0 || unreadable.has(childKey(newest))) continue;
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
          const tile = newest && (await this.nodeTile(newest, made));
          if (newest !== undefined && tile === undefined) unreadable.add(childKey(newest));
          return tile;
        },
      };
    };
  }

  /** What a node should have of a metatile: what is archived, or that there is nothing. */
  private async wanted(
    { recipe, season }: PyramidName,
    metatile: Candidate['metatile'],
    content: MarkContent,
  ): Promise<MetatileEntry | undefined> {
    const current = await this.options.archive.current(recipe, season, place(metatile));
    const { x, y } = metatile;
    const emptySince = content.empty === true ? (content.lookedUpAt ?? '') : null;
    if (emptySince !== null && (current === undefined || (current.lookedUpAt ?? '') < emptySince)) {
      const { scenes = '', lookedUpAt = null } = content;
      return { x, y, scenes, lookedUpAt, newest: null, empty: true };
    }
    if (current === undefined) return undefined;
    return {
      x,
      y,
      scenes: current.scenes,
      lookedUpAt: current.lookedUpAt ?? null,
      newest: newestScene(current.item.properties),
      empty: false,
    };
  }

  private async metatileTile(
    { recipe, season }: PyramidName,
    { products }: PyramidProducts,
    tile: TileId,
    entry: MetatileEntry,
  ): Promise<ChildTile | undefined> {
    const rasters = new Map<string, Raster | null>();
    for (const product of products) {
      if (entry.empty) rasters.set(product, null);
      else {
        const { archive } = this.options;
        const raster = await archive.readTile(recipe, season, place(tile), entry.scenes, product, tile);
        if (raster === undefined) return undefined;
        rasters.set(product, raster);
      }
    }
    return rasters;
  }

  /** The whole of a node as one tile: its smallest overview. A node that is broken gets a mark of its own. */
  private async nodeTile(
    { name, node, version, document }: NodeVersion,
    { products }: PyramidProducts,
  ): Promise<ChildTile | undefined> {
    const rasters = new Map<string, Raster | null>();
    for (const product of products) {
      const key = nodeProductKey(nodePrefix(name, node), document?.folder ?? '', product);
      const at = placeIn(node, node);
      try {
        const raster = await this.headers.use({ key, product, form: 'node' }, undefined, async (read, cog) =>
          hasArchivedBlock(cog, at, key) ? readArchivedBlock(read, cog, product, at, key) : null,
        );
        if (raster !== undefined) {
          rasters.set(product, raster);
          continue;
        }
        // A newer version is there, or a file is lost.
        if ((await this.options.nodes.newest(name, node)).version !== version) return undefined;
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.options.onDamage?.(error);
        await this.options.store.delete(PYRAMID_BUCKET, key);
      }
      await this.options.marks.put(name, node, {});
      return undefined;
    }
    return rasters;
  }

  /** undefined where any is missing or damaged: then all is made anew. */
  private async oldFiles(
    { name, node, document }: NodeVersion,
    { products }: PyramidProducts,
  ): Promise<Map<string, OldNode> | undefined> {
    const files = new Map<string, OldNode>();
    if (document === undefined) return files;
    for (const product of products) {
      const key = nodeProductKey(nodePrefix(name, node), document.folder, product);
      const bytes = await this.options.store.get(PYRAMID_BUCKET, key);
      if (bytes === undefined) return undefined;
      try {
        files.set(product, await openOldNode(bytes, product, key));
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.options.onDamage?.(error);
        return undefined;
      }
    }
    return files;
  }

  /** Whether a node's files can all be read, every block of them. */
  private async isWhole(version: NodeVersion, made: PyramidProducts): Promise<boolean> {
    if (version.document === undefined) return version.version === 0;
    const files = await this.oldFiles(version, made);
    if (files === undefined) return false;
    for (const [product, { cog, read, key }] of files) {
      for (const [level, { image }] of cog.levels.entries()) {
        for (let row = 0; row < image.across; row++) {
          await breathe();
          for (let column = 0; column < image.across; column++) {
            const at = { level, column, row };
            if (!hasArchivedBlock(cog, at, key)) continue;
            try {
              await readArchivedBlock(read, cog, product, at, key);
            } catch (error) {
              if (!isDamage(error)) throw error;
              this.options.onDamage?.(error);
              return false;
            }
          }
        }
      }
    }
    return true;
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

  private async archivedBelow(name: PyramidName, node: TileId): Promise<{ x: number; y: number }[]> {
    const across = 2 ** (METATILE_ZOOM - node.z);
    const found: { x: number; y: number }[] = [];
    for (let x = node.x * across; x < (node.x + 1) * across; x++) {
      const column = await this.archived(name, `archive/${name.recipe}/${name.season}/12/${x}/`);
      found.push(...column.filter(({ y }) => Math.floor(y / across) === node.y));
    }
    return found;
  }

  private async archived(name: PyramidName, prefix: string): Promise<{ x: number; y: number }[]> {
    const found: { x: number; y: number }[] = [];
    const start = `archive/${name.recipe}/${name.season}/12/`.length;
    for await (const key of this.options.store.list(PYRAMID_BUCKET, prefix)) {
      const [, x, y] = /^(\d+)\/(\d+)\/current\.json$/.exec(key.slice(start)) ?? [];
      if (x !== undefined && y !== undefined) found.push({ x: Number(x), y: Number(y) });
    }
    return found;
  }

  /** Nodes of which a version was ever written. */
  private async existing(name: PyramidName, zoom?: number): Promise<TileId[]> {
    const start = `pyramid/${name.recipe}/${name.season}/`;
    const prefix = zoom === undefined ? start : `${start}${zoom}/`;
    const nodes: TileId[] = [];
    for await (const key of this.options.store.list(PYRAMID_BUCKET, prefix)) {
      const [, z, x, y] = /^(\d+)\/(\d+)\/(\d+)\/\d{8}\.json$/.exec(key.slice(start.length)) ?? [];
      if (y !== undefined) nodes.push({ z: Number(z), x: Number(x), y: Number(y) });
    }
    return distinct(nodes);
  }
}

const place = ({ x, y }: { readonly x: number; readonly y: number }): { x: number; y: number } => ({ x, y });
const isSame = (a: TileId, b: TileId): boolean => a.z === b.z && a.x === b.x && a.y === b.y;
const signalOf = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const isEqual = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);
const pixelsOf = (cells: readonly Cell[]): unknown => cells.map(({ x, y, digest }) => [x, y, digest]);
const childKey = ({ node, version }: NodeVersion): string => `${node.x}/${node.y}/${version}`;

function distinct(tiles: readonly TileId[]): TileId[] {
  return [...new Map(tiles.map((tile) => [`${tile.z}/${tile.x}/${tile.y}`, tile])).values()];
}

/** What engine/encode/stac-item.ts says of the scenes. */
function newestScene(properties: Readonly<Record<string, unknown>>): string | null {
  const scenes = properties['geocrop:scenes'];
  const newest = typeof scenes === 'object' && scenes !== null && 'newest' in scenes ? scenes.newest : null;
  return typeof newest === 'string' ? newest : null;
}
