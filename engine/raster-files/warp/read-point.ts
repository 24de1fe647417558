import { GeoCropError } from '../../errors.js';
import type { Dataset, FileCrs } from '../dataset.js';
import type { Image } from '../image.js';
import type { ReadOptions } from '../read.js';
import { apply, boxOfRaster, boxOfWindow, invert } from './grid/affine.js';
import { coordinateTransform } from './grid/coordinate-transform.js';
import { WGS84, sameCrs } from './grid/crs.js';
import { georeferenced } from './grid/georeferenced.js';
import { readWindow } from './read-image.js';
import type { ReaderOptions } from './reader-options.js';

/**
 * rio-tiler's `Reader.point`: the pixel that holds the place, as an image of one pixel. Default reference system: EPSG:4326.
 * @throws point-outside-bounds, on the file's edge too
 */
export async function readPoint(
  dataset: Dataset,
  { x, y, crs = WGS84 }: { readonly x: number; readonly y: number; readonly crs?: FileCrs | undefined },
  options: ReadOptions = {},
  reader: ReaderOptions = {},
): Promise<Image> {
  const place = georeferenced(dataset);
  const [px, py] = sameCrs(crs, place.crs) ? [x, y] : project(crs, place.crs, x, y);
  const [west, south, east, north] = boxOfRaster(place.transform, place.width, place.height);
  const inside = west < px && px < east && Math.min(south, north) < py && py < Math.max(south, north);
  const [column, row] = apply(invert(place.transform), px, py).map(Math.floor) as [number, number];
  // Of a rotated file the box is larger than the file.
  if (!inside || column < 0 || row < 0 || column >= dataset.width || row >= dataset.height) {
    throw new GeoCropError('point-outside-bounds', `The point ${x}, ${y} lies outside the file.`, {
      hint: `It covers ${[west, south, east, north].join(', ')} in ${place.crs.name}.`,
      context: { x, y },
    });
  }
  const window = { column, row, width: 1, height: 1 };
  const where = { bounds: boxOfWindow(window, place.transform), crs: place.crs };
  const { resampling: _, reproject: __, ...rest } = options;
  return readWindow(dataset, window, { width: 1, height: 1 }, where, rest, reader);
}

function project(from: FileCrs, to: FileCrs, x: number, y: number): [number, number] {
  const xs = new Float64Array([x]);
  const ys = new Float64Array([y]);
  coordinateTransform(from, to)(xs, ys, 1);
  return [xs[0] as number, ys[0] as number];
}
