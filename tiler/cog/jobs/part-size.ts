import type { Dataset } from '../../../engine/raster-files/dataset.js';
import type { Part } from '../../../engine/raster-files/read.js';
import { sameCrs } from '../../../engine/raster-files/warp/grid/crs.js';
import { georeferenced } from '../../../engine/raster-files/warp/grid/georeferenced.js';
import { outputSize } from '../../../engine/raster-files/warp/grid/output-size.js';
import { transformBounds } from '../../../engine/raster-files/warp/grid/transform-bounds.js';
import { warpGrid } from '../../../engine/raster-files/warp/grid/warp-grid.js';
import { windowOfBox } from '../../../engine/raster-files/warp/grid/affine.js';

/** How large the reader's answer will be; null where it will refuse. */
export function partSize(
  dataset: Dataset,
  part: Part,
): { readonly width: number; readonly height: number } | null {
  const place = georeferenced(dataset);
  const crs = part.outputCrs ?? place.crs;
  const bounds = sameCrs(part.crs, crs) ? part.bounds : transformBounds(part.crs, crs, part.bounds);
  const grid = sameCrs(crs, place.crs)
    ? windowOfBox(bounds, place.transform)
    : warpGrid(place, bounds, crs, part);
  return grid === null ? null : outputSize(grid.width, grid.height, part);
}
