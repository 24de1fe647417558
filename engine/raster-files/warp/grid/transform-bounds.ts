import type { FileCrs } from '../../dataset.js';
import type { Box } from './affine.js';
import { coordinateTransform } from './coordinate-transform.js';
import { sameCrs } from './crs.js';

/** Points between the corners of an edge, as rio-tiler asks for. */
const DENSIFY = 21;
/** A step of longitude from point to point that can only be a jump over the antimeridian. */
const JUMP = 200;

/**
 * rasterio's `transform_bounds` (GDAL's OCTTransformBounds) with 21 points an edge. Infinite where no point has a place in `to`. Of a
 * geographic `to`, west lies east of east where the box crosses the antimeridian, and a pole inside counts.
 */
export function transformBounds(from: FileCrs, to: FileCrs, box: Box, densify = DENSIFY): Box {
  if (sameCrs(from, to)) return box;
  const [west, south, east, north] = box;
  const sides = densify + 1;
  const across = from.geographic && east < west ? east - west + 360 : east - west;
  const dx = across / sides;
  const dy = (north - south) / sides;
  const x = new Float64Array(4 * sides);
  const y = new Float64Array(4 * sides);
  for (let i = 0; i < sides; i++) {
    x[i] = west;
    y[i] = north - i * dy;
    x[i + sides] = west + i * dx;
    y[i + sides] = south;
    x[i + 2 * sides] = east;
    y[i + 2 * sides] = south + i * dy;
    x[i + 3 * sides] = east - i * dx;
    y[i + 3 * sides] = north;
  }
  coordinateTransform(from, to)(x, y, x.length);
  const [minX, maxX] = range(x);
  const [minY, maxY] = range(y);
  if (!to.geographic) return [minX, minY, maxX, maxY];
  if (holdsPole(from, to, box, 90)) return [-180, minY, 180, 90];
  if (holdsPole(from, to, box, -90)) return [-180, -90, 180, maxY];
  return [westmost(x), minY, eastmost(x), maxY];
}

function range(values: Float64Array): [number, number] {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? [Infinity, Infinity] : [min, max];
}

function holdsPole(from: FileCrs, to: FileCrs, [west, south, east, north]: Box, lat: number): boolean {
  const x = new Float64Array([0]);
  const y = new Float64Array([lat]);
  coordinateTransform(to, from)(x, y, 1);
  const [px, py] = [x[0] as number, y[0] as number];
  return west < px && px < east && south < py && py < north;
}

function westmost(x: Float64Array): number {
  let min = Infinity;
  let eastern = Infinity;
  let crossings = 0;
  let counting = false;
  for (let i = 0; i < x.length; i++) {
    const here = x[i] as number;
    const delta = (x[i === 0 ? x.length - 1 : i - 1] as number) - here;
    if (delta >= JUMP) {
      if (crossings === 0) eastern = min;
      crossings += 1;
      counting = false;
    } else if (delta <= -JUMP) {
      if (crossings === 0) eastern = here;
      crossings += 1;
      counting = true;
    }
    if (counting && here < eastern) eastern = here;
    if (here < min) min = here;
  }
  return crossings === 2 ? eastern : crossings === 4 ? -180 : min;
}

/** The westmost of its mirror image; where nothing is finite, on the same side as that. */
function eastmost(x: Float64Array): number {
  const west = westmost(x.map((value) => -value));
  return west === Infinity ? Infinity : -west;
}
