import type { Affine } from '../../../windows/cog-header.js';

/** West, south, east, north. South lies above north where rows go north. */
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Columns and rows, not whole ones as a rule; may lie outside the raster. */
export interface FloatWindow {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The affine package's inverse, operation by operation: whether a window ends one float before the raster's edge or at it decides
 * how rasterio reads it.
 */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const over = 1 / (a * e - b * d);
  const ra = e * over;
  const rb = -b * over;
  const rd = -d * over;
  const re = a * over;
  return [ra, rb, -c * ra - f * rb, rd, re, -c * rd - f * re];
}

/** GDALInvGeoTransform: another order of operations where nothing is rotated. */
export function invertLikeGdal([a, b, c, d, e, f]: Affine): Affine {
  if (b === 0 && d === 0 && a !== 0 && e !== 0) return [1 / a, 0, -c / a, 0, 1 / e, -f / e];
  const det = a * e - b * d;
  const over = 1 / det;
  return [e * over, -b * over, (b * f - c * e) * over, -d * over, a * over, (-a * f + c * d) * over];
}

export function apply([a, b, c, d, e, f]: Affine, x: number, y: number): [number, number] {
  return [x * a + y * b + c, x * d + y * e + f];
}

/** rasterio's `from_bounds`. */
export function affineOfBox([west, south, east, north]: Box, width: number, height: number): Affine {
  return [(east - west) / width, 0, west, 0, (south - north) / height, north];
}

/** rasterio's `dataset.bounds` and `array_bounds`: of a rotated raster, the box around it. */
export function boxOfRaster(transform: Affine, width: number, height: number): Box {
  const [a, b, c, d, e, f] = transform;
  if (b === 0 && d === 0) return [c, f + e * height, c + a * width, f];
  const corners = [
    [c, f],
    apply(transform, 0, height),
    apply(transform, width, height),
    apply(transform, width, 0),
  ];
  const xs = corners.map(([x]) => x as number);
  const ys = corners.map(([, y]) => y as number);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** rasterio's `windows.bounds`. */
export function boxOfWindow({ column, row, width, height }: FloatWindow, transform: Affine): Box {
  const [west, south] = apply(transform, column, row + height);
  const [east, north] = apply(transform, column + width, row);
  return [west, south, east, north];
}

/** rasterio's `windows.from_bounds`; null where box and transform run against each other. */
export function windowOfBox([west, south, east, north]: Box, transform: Affine): FloatWindow | null {
  if ((east - west) / transform[0] < 0 || (south - north) / transform[4] < 0) return null;
  const inverse = invert(transform);
  const corners = [
    apply(inverse, west, north),
    apply(inverse, east, north),
    apply(inverse, east, south),
    apply(inverse, west, south),
  ];
  const columns = corners.map(([column]) => column);
  const rows = corners.map(([, row]) => row);
  const column = Math.min(...columns);
  const row = Math.min(...rows);
  return {
    column,
    row,
    width: Math.max(Math.max(...columns) - column, 0),
    height: Math.max(Math.max(...rows) - row, 0),
  };
}

/** Python's: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Python's `round(value, 6)`. */
export function roundToSixPlaces(value: number): number {
  return Math.abs(value) < 1e15 ? Number(value.toFixed(6)) : value;
}
