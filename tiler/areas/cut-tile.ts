import type { PixelCut } from '../../engine/geo/pixel-cut.js';
import { TILE_SIZE, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';

/**
 * A native tile with nodata outside of the cut. What has no nodata value gets a mask, where there is none yet, so that outside is told from 0.
 * @param masked whether the result has a mask; a raster that has one keeps it
 */
export function cutTile(raster: Raster, tile: TileId, cut: PixelCut, masked: boolean): Raster {
  const pixels = TILE_SIZE * TILE_SIZE;
  if (raster.data.length !== raster.bands * pixels) {
    throw new RangeError(`tile: got ${raster.data.length} values, expected ${raster.bands * pixels}`);
  }
  const mask = masked ? (raster.mask ?? new Uint8Array(pixels).fill(255)) : undefined;
  const blank = raster.nodata ?? 0;
  /** Columns [from, to) of a row. */
  const clear = (row: number, from: number, to: number): void => {
    if (to <= from) return;
    for (let band = 0; band < raster.bands; band += 1) {
      const start = band * pixels + row * TILE_SIZE;
      raster.data.fill(blank, start + from, start + to);
    }
    mask?.fill(0, row * TILE_SIZE + from, row * TILE_SIZE + to);
  };
  const left = tile.x * TILE_SIZE;
  for (let row = 0; row < TILE_SIZE; row += 1) {
    let done = 0;
    for (const [from, to] of cut.spans(tile.y * TILE_SIZE + row)) {
      clear(row, done, Math.min(TILE_SIZE, from - left));
      done = Math.max(done, Math.min(TILE_SIZE, to - left));
    }
    clear(row, done, TILE_SIZE);
  }
  return mask === undefined ? raster : { ...raster, mask };
}
