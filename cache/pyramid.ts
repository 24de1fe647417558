import { LRUCache } from 'lru-cache';
import { shortDigest } from '../engine/digest.js';
import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import { METATILE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import { hasArchivedBlock, readArchivedBlock, type BlockPlace } from './archive-cog.js';
import { KeptHeaders } from './kept-headers.js';
import type { ObjectStore } from './object-store.js';
import { below, CellBits, cellOf, type Cell, type MetatileEntry } from './pyramid-documents.js';
import {
  ancestor,
  CELL_ZOOM,
  NODE_LEVELS,
  nodeOf,
  nodePrefix,
  nodeProductKey,
  PYRAMID_BUCKET,
  type PyramidName,
} from './pyramid-keys.js';
import { isDamage, type NodeVersion, type PyramidNodes } from './pyramid-nodes.js';

export interface PyramidOptions {
  readonly nodes: PyramidNodes;
  /** Milliseconds, of any clock. */
  readonly now: () => number;
  /** What is the newest version is looked up again after this, milliseconds. Default 2,000. */
  readonly lookMs?: number;
  readonly onDamage?: (error: GeoCropError) => void;
  /** Told of a node that cannot be read and is to be made anew: once a version. */
  readonly onBroken?: (name: PyramidName, node: TileId) => void;
}

/** What a tile of zoom 0 to 11 is made of, by one version of its node. */
export interface PyramidView {
  readonly version: NodeVersion;
  readonly tile: TileId;
  /** Equal for equal pixels, whoever made them. */
  readonly digest: string;
  /** The z8 cells of the tile; of a tile of zoom 9 to 11 the one that it lies in. */
  readonly cells: readonly Cell[];
  /** The metatiles below it; of zoom 7 and less they are not told apart. */
  readonly metatiles: readonly MetatileEntry[];
  /** Whether any of it was computed. */
  readonly filled: boolean;
  /** ISO 8601: when scenes were looked up, the oldest; null where one is unknown. */
  readonly lookedUpAt: string | null;
  /** ISO 8601, of the newest scene. */
  readonly newest: string | null;
}

const DEFAULT_LOOK_MS = 2_000;
const HEADERS = 500;
const DOCUMENTS = 200;

/**
 * Reads zooms 0 to 11: a tile is one block of one node's COG, one range once the header is kept. What is damaged counts as not there: it
 * is reported, removed, and made anew. Throws what the store throws.
 */
export class Pyramid {
  private readonly headers: KeptHeaders;
  private readonly versions: LRUCache<
    string,
    { readonly at: number; readonly version: Promise<NodeVersion> }
  >;
  private readonly broken = new LRUCache<string, true>({ max: DOCUMENTS });

  constructor(
    private readonly store: ObjectStore,
    private readonly options: PyramidOptions,
  ) {
    this.headers = new KeptHeaders(store, PYRAMID_BUCKET, HEADERS);
    this.versions = new LRUCache({ max: DOCUMENTS });
  }

  /** What is there of a tile; undefined where nothing is. */
  async view(name: PyramidName, tile: TileId): Promise<PyramidView | undefined> {
    const node = nodeOf(tile);
    const version = await this.newest(name, node);
    const { document } = version;
    if (document === undefined) {
      if (version.version > 0) this.tellBroken(version);
      return undefined;
    }
    const metatiles = below(document.metatiles, METATILE_ZOOM, tile);
    const cells =
      tile.z > CELL_ZOOM
        ? document.cells.filter((cell) => isAt(cell, ancestor(tile, CELL_ZOOM)))
        : below(document.cells, CELL_ZOOM, tile);
    if (cells.length === 0 || (tile.z > CELL_ZOOM && metatiles.length === 0)) return undefined;
    const digest = shortDigest(
      tile.z > CELL_ZOOM
        ? metatiles.map((entry) => [entry.x, entry.y, entry.scenes, entry.empty])
        : cells.map((cell) => [cell.x, cell.y, cell.digest]),
    );
    const { filled, lookedUpAt, newest } =
      tile.z > CELL_ZOOM ? inShort([cellOf(node, metatiles)]) : inShort(cells);
    return { version, tile, digest, cells, metatiles, filled, lookedUpAt, newest };
  }

  /**
   * The values of a product, 256 × 256. undefined where nothing is there: nothing below it has pixels, or the node was damaged,
   * or its version is gone since and {@link view} has another.
   */
  async readTile(view: PyramidView, product: string, signal?: AbortSignal): Promise<Raster | undefined> {
    const { version, tile } = view;
    const { name, node, document } = version;
    if (document?.products.includes(product) !== true) return undefined;
    const key = nodeProductKey(nodePrefix(name, node), document.folder, product);
    const at = placeIn(node, tile);
    try {
      const raster = await this.headers.use({ key, product, form: 'node' }, signal, async (read, cog) => {
        if (hasArchivedBlock(cog, at, key)) return readArchivedBlock(read, cog, product, at, key);
        if (view.filled) throw lostBlock(key);
        return null;
      });
      if (raster === undefined) await this.gone(version);
      return raster ?? undefined;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.options.onDamage?.(error);
      this.headers.forget(key);
      await this.remove(key);
      this.tellBroken(version);
      return undefined;
    }
  }

  /** Looks up anew which versions are the newest. */
  forget(): void {
    this.versions.clear();
  }

  private newest(name: PyramidName, node: TileId): Promise<NodeVersion> {
    const { nodes, now, lookMs = DEFAULT_LOOK_MS } = this.options;
    const key = nodePrefix(name, node);
    const known = this.versions.get(key);
    if (known !== undefined && Math.abs(now() - known.at) < lookMs) return known.version;
    const looked = { at: now(), version: nodes.newest(name, node) };
    this.versions.set(key, looked);
    // A failure is nobody's answer but theirs who waited for it.
    looked.version.catch(() => {
      if (this.versions.get(key) === looked) this.versions.delete(key);
    });
    return looked.version;
  }

  /** A file is gone: because a newer version is there, or it was taken away. */
  private async gone(version: NodeVersion): Promise<void> {
    const { name, node } = version;
    this.versions.delete(nodePrefix(name, node));
    const now = await this.newest(name, node);
    if (now.version === version.version) this.tellBroken(version);
  }

  private tellBroken({ name, node, version, document }: NodeVersion): void {
    const key = `${nodePrefix(name, node)}${version}/${document?.folder ?? ''}`;
    if (this.broken.has(key)) return;
    this.broken.set(key, true);
    this.options.onBroken?.(name, node);
  }

  /** A store that cannot be written to can still be read. */
  private async remove(key: string): Promise<void> {
    try {
      await this.store.delete(PYRAMID_BUCKET, key);
    } catch (error) {
      if (!isGeoCropError(error)) throw error;
      this.options.onDamage?.(error);
    }
  }
}

/** The block of a node's COG that holds a tile. */
export function placeIn(node: TileId, tile: TileId): BlockPlace {
  const up = tile.z - node.z;
  return {
    level: NODE_LEVELS - 1 - up,
    column: tile.x - (node.x << up),
    row: tile.y - (node.y << up),
  };
}

const isAt = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
  a.x === b.x && a.y === b.y;

function inShort(cells: readonly Cell[]): Pick<PyramidView, 'filled' | 'lookedUpAt' | 'newest'> {
  return {
    filled: cells.some(({ filled }) => CellBits.fromHex(filled).any()),
    lookedUpAt: cells.some((cell) => cell.lookedUpAt === null)
      ? null
      : (cells.flatMap((cell) => cell.lookedUpAt ?? []).sort()[0] ?? null),
    newest:
      cells
        .flatMap((cell) => cell.newest ?? [])
        .sort()
        .at(-1) ?? null,
  };
}

function lostBlock(key: string): GeoCropError {
  return new GeoCropError('store-corrupt', `The pyramid's file ${key} lacks a block that it should have.`, {
    hint: 'It is made again out of the archive.',
    context: { key },
  });
}
