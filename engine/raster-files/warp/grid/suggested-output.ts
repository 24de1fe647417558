import type { Affine } from '../../../windows/cog-header.js';
import type { FileCrs } from '../../dataset.js';
import { coordinateTransform } from './coordinate-transform.js';

export interface Grid {
  /** Of the upper left corner and the pixel size, in the units of the grid's reference system. */
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
}

const STEPS = 20;

/**
 * rasterio's `calculate_default_transform` (GDALSuggestedWarpOutput2): a north-up grid over the raster in another system, with square
 * pixels of such a size that the diagonal keeps its number of pixels. Null where nothing of the raster has a place there.
 */
export function suggestedOutput(
  from: FileCrs,
  to: FileCrs,
  transform: Affine,
  width: number,
  height: number,
): Grid | null {
  const { x, y } = edge(transform, width, height);
  coordinateTransform(from, to)(x, y, x.length);
  let minX = Infinity;
  let maxX = -Infinity;
  let minY = Infinity;
  let maxY = -Infinity;
  for (let i = 0; i < x.length; i++) {
    const px = x[i] as number;
    const py = y[i] as number;
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    if (px < minX) minX = px;
    if (px > maxX) maxX = px;
    if (py < minY) minY = py;
    if (py > maxY) maxY = py;
  }
  if (minX > maxX) return null;
  const last = x.length - 1;
  let dx = (x[last] as number) - (x[0] as number);
  let dy = (y[last] as number) - (y[0] as number);
  // Not only zero: a corner that has no place gives NaN.
  if (!(Math.abs(dx) > 0 && Math.abs(dy) > 0)) {
    dx = maxX - minX;
    dy = maxY - minY;
  }
  const pixel = Math.sqrt(dx * dx + dy * dy) / Math.sqrt(width * width + height * height);
  if (!(pixel > 0)) return null;
  const outWidth = Math.trunc((maxX - minX) / pixel + 0.5);
  const outHeight = Math.trunc((maxY - minY) / pixel + 0.5);
  if (outWidth < 1 || outHeight < 1) return null;
  const pixelX =
    to.geographic && maxX <= 180 && minX + outWidth * pixel > 180 ? (180 - minX) / outWidth : pixel;
  return { transform: [pixelX, 0, minX, 0, -pixel, maxY], width: outWidth, height: outHeight };
}

/** The raster's edge in its own system, the upper left corner first and the lower right one last. */
function edge(transform: Affine, width: number, height: number): { x: Float64Array; y: Float64Array } {
  const [a, b, c, d, e, f] = transform;
  const x = new Float64Array(4 * (STEPS + 1));
  const y = new Float64Array(4 * (STEPS + 1));
  let at = 0;
  const add = (column: number, row: number): void => {
    x[at] = column * a + row * b + c;
    y[at] = column * d + row * e + f;
    at += 1;
  };
  for (let step = 0; step <= STEPS; step++) {
    const ratio = step === STEPS ? 1 : step / STEPS;
    add(ratio * width, 0);
    add(ratio * width, height);
    add(0, ratio * height);
    add(width, ratio * height);
  }
  return { x, y };
}
