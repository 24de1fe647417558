import { pixelHectares } from '../../../engine/geo/pixel-area.js';
import type { PixelCut, PixelWindow } from '../../../engine/geo/pixel-cut.js';
import { NATIVE_ZOOM, TILE_SIZE, type TileId } from '../../../engine/geo/tile-matrix.js';

/** Pixels and hectares. */
export interface Counted {
  readonly pixels: number;
  readonly hectares: number;
}

/** What counts in a native tile. */
export interface TileRows {
  /** Triples: row, first column, the column behind the last. */
  readonly spans: Uint32Array;
  /** Hectares of a pixel, by row. */
  readonly hectares: Float64Array;
}

export function rowsOf(cut: PixelCut, tile: Pick<TileId, 'x' | 'y'>): TileRows {
  const left = tile.x * TILE_SIZE;
  const top = tile.y * TILE_SIZE;
  const spans: number[] = [];
  for (let row = 0; row < TILE_SIZE; row += 1) {
    for (const [from, to] of cut.spans(top + row)) {
      const first = Math.max(0, from - left);
      const end = Math.min(TILE_SIZE, to - left);
      if (first < end) spans.push(row, first, end);
    }
  }
  return { spans: Uint32Array.from(spans), hectares: rowHectares(tile.y) };
}

/**
 * The native tiles of a row of tiles that have pixels of the area, from west to east, each row of pixels looked at once: fields at two ends of a
 * country have few tiles, and the box around them has all of the country's.
 */
export function tilesOfRow(
  cut: PixelCut,
  window: PixelWindow,
  y: number,
): readonly (TileRows & { readonly x: number })[] {
  const spans = new Map<number, number[]>();
  const end = Math.min((y + 1) * TILE_SIZE, window.y + window.height);
  for (let row = Math.max(y * TILE_SIZE, window.y); row < end; row += 1) {
    for (const [from, to] of cut.spans(row)) {
      for (let x = Math.floor(from / TILE_SIZE); x * TILE_SIZE < to; x += 1) {
        const left = x * TILE_SIZE;
        const span = [row - y * TILE_SIZE, Math.max(0, from - left), Math.min(TILE_SIZE, to - left)];
        const found = spans.get(x);
        if (found === undefined) spans.set(x, span);
        else found.push(...span);
      }
    }
  }
  if (spans.size === 0) return [];
  const hectares = rowHectares(y);
  return [...spans]
    .sort(([a], [b]) => a - b)
    .map(([x, found]) => ({ x, spans: Uint32Array.from(found), hectares }));
}

/** Of all that counts in a tile. */
export function amountOf({ spans, hectares }: TileRows): Counted {
  const found = { pixels: 0, hectares: 0 };
  for (let at = 0; at + 2 < spans.length; at += 3) {
    const count = (spans[at + 2] as number) - (spans[at + 1] as number);
    found.pixels += count;
    found.hectares += count * (hectares[spans[at] as number] as number);
  }
  return found;
}

/** Of a row of native tiles, hectares of a pixel by row. */
function rowHectares(y: number): Float64Array {
  return Float64Array.from({ length: TILE_SIZE }, (_, row) =>
    pixelHectares(NATIVE_ZOOM, y * TILE_SIZE + row),
  );
}
