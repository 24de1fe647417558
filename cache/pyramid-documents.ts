import { canonicalJson, shortDigest } from '../engine/digest.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import { ancestor, CELL_ZOOM } from './pyramid-keys.js';

/** A metatile in a node. */
export interface MetatileEntry {
  readonly x: number;
  readonly y: number;
  readonly scenes: string;
  /** ISO 8601, when its scenes were looked up; null: unknown. */
  readonly lookedUpAt: string | null;
  /** ISO 8601, of the newest scene. */
  readonly newest: string | null;
  /** There are no scenes: nothing will ever be computed of them. */
  readonly empty: boolean;
}

/** The metatiles of a z8 cell, in short: enough to say which tiles of any zoom are whole, and what they were made of. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  /** Over its metatiles and their scenes: equal digests are equal pixels. */
  readonly digest: string;
  /** {@link CellBits} as hex digits: metatiles that are computed, and those that have no scenes. */
  readonly filled: string;
  readonly empty: string;
  /** The oldest; null where one is unknown. */
  readonly lookedUpAt: string | null;
  readonly newest: string | null;
}

/** One version of a node. Its products lie in `folder`, which no other writer writes to. */
export interface NodeDocument {
  readonly format: 1;
  readonly folder: string;
  readonly products: readonly string[];
  /** Of a node of {@link CELL_ZOOM}, by y and x; of the others none. */
  readonly metatiles: readonly MetatileEntry[];
  /** By y and x; of a node of {@link CELL_ZOOM} itself. */
  readonly cells: readonly Cell[];
  /** ISO 8601. */
  readonly created: string;
}

/** A bit for each of a cell's 16 × 16 metatiles, row by row. */
export class CellBits {
  private constructor(private readonly bytes: Uint8Array) {}

  static none(): CellBits {
    return new CellBits(new Uint8Array(32));
  }

  static fromHex(hex: string): CellBits {
    return new CellBits(Buffer.from(hex, 'hex'));
  }

  has(metatile: { readonly x: number; readonly y: number }): boolean {
    const bit = bitOf(metatile);
    return (((this.bytes[bit >> 3] as number) >> (bit & 7)) & 1) === 1;
  }

  add(metatile: { readonly x: number; readonly y: number }): void {
    const bit = bitOf(metatile);
    this.bytes[bit >> 3] = (this.bytes[bit >> 3] as number) | (1 << (bit & 7));
  }

  /** Whether every bit of these is set in one of the others. */
  within(...others: readonly CellBits[]): boolean {
    return this.bytes.every(
      (byte, i) => (byte & ~others.reduce((all, other) => all | (other.bytes[i] as number), 0)) === 0,
    );
  }

  any(): boolean {
    return this.bytes.some((byte) => byte !== 0);
  }

  toHex(): string {
    return Buffer.from(this.bytes).toString('hex');
  }
}

function bitOf({ x, y }: { readonly x: number; readonly y: number }): number {
  return ((y & 15) << 4) | (x & 15);
}

/** @param entries of one cell, at least one */
export function cellOf({ x, y }: { x: number; y: number }, entries: readonly MetatileEntry[]): Cell {
  const filled = CellBits.none();
  const empty = CellBits.none();
  for (const entry of entries) (entry.empty ? empty : filled).add(entry);
  const looked = entries.map(({ lookedUpAt }) => lookedUpAt);
  return {
    x,
    y,
    digest: shortDigest(entries.map((entry) => [entry.x, entry.y, entry.scenes, entry.empty])),
    filled: filled.toHex(),
    empty: empty.toHex(),
    lookedUpAt: looked.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b), looked[0] ?? null),
    newest: entries.reduce<string | null>(
      (a, { newest }) => (a === null || (newest !== null && newest > a) ? newest : a),
      null,
    ),
  };
}

export const byPlace = (
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): number => a.y - b.y || a.x - b.x;

/** Whether two parts of documents say the same. */
export const isEqual = (a: unknown, b: unknown): boolean =>
  canonicalJson(a ?? null) === canonicalJson(b ?? null);

/** What of the list lies below the tile; `zoom` is that of the places. */
export function below<T extends { readonly x: number; readonly y: number }>(
  places: readonly T[],
  zoom: number,
  tile: TileId,
): T[] {
  return places.filter(({ x, y }) => {
    const up = ancestor({ z: zoom, x, y }, tile.z);
    return up.x === tile.x && up.y === tile.y;
  });
}

export function isNodeDocument(value: unknown): value is NodeDocument {
  if (!isObject(value) || value['format'] !== 1) return false;
  const { folder, products, metatiles, cells, created } = value;
  return (
    typeof folder === 'string' &&
    /^[0-9a-z-]+$/.test(folder) &&
    isText(created) &&
    Array.isArray(products) &&
    products.every(isText) &&
    Array.isArray(metatiles) &&
    metatiles.every(
      (entry) =>
        isPlace(entry) &&
        isText(entry['scenes']) &&
        typeof entry['empty'] === 'boolean' &&
        isTextOrNull(entry['lookedUpAt']) &&
        isTextOrNull(entry['newest']),
    ) &&
    Array.isArray(cells) &&
    cells.every(
      (cell) =>
        isPlace(cell) &&
        isText(cell['digest']) &&
        isBits(cell['filled']) &&
        isBits(cell['empty']) &&
        isTextOrNull(cell['lookedUpAt']) &&
        isTextOrNull(cell['newest']),
    )
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isBits = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isPlace = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Number.isInteger(value['x']) && Number.isInteger(value['y']);

/** The z8 cell of a metatile. */
export function cellPlace(metatile: { readonly x: number; readonly y: number }): TileId {
  return ancestor({ z: 12, x: metatile.x, y: metatile.y }, CELL_ZOOM);
}
