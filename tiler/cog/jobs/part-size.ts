import type { Dataset, FileCrs } from '../../../engine/raster-files/dataset.js';
import type { Part } from '../../../engine/raster-files/read.js';
import { sameCrs } from '../../../engine/raster-files/warp/grid/crs.js';
import { georeferenced } from '../../../engine/raster-files/warp/grid/georeferenced.js';
import type { AskedSize } from '../../../engine/raster-files/warp/grid/output-size.js';
import { outputSize } from '../../../engine/raster-files/warp/grid/output-size.js';
import { suggestedOutput } from '../../../engine/raster-files/warp/grid/suggested-output.js';
import { transformBounds } from '../../../engine/raster-files/warp/grid/transform-bounds.js';
import { warpGrid } from '../../../engine/raster-files/warp/grid/warp-grid.js';
import { windowOfBox } from '../../../engine/raster-files/warp/grid/affine.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How large the reader's preview will be; null where it will refuse. */
export function previewSize(
  dataset: Dataset,
  asked: AskedSize & { readonly outputCrs?: FileCrs },
): Size | null {
  const { outputCrs } = asked;
  if (outputCrs === undefined || (dataset.crs !== null && sameCrs(outputCrs, dataset.crs))) {
    return outputSize(dataset.width, dataset.height, asked);
  }
  const { crs, transform, width, height } = georeferenced(dataset);
  const grid = suggestedOutput(crs, outputCrs, transform, width, height);
  return grid === null ? null : outputSize(grid.width, grid.height, asked);
}

/** How large the reader's answer will be; null where it will refuse. */
export function partSize(dataset: Dataset, part: Part): Size | null {
  const place = georeferenced(dataset);
  const crs = part.outputCrs ?? place.crs;
  const bounds = sameCrs(part.crs, crs) ? part.bounds : transformBounds(part.crs, crs, part.bounds);
  const grid = sameCrs(crs, place.crs)
    ? windowOfBox(bounds, place.transform)
    : warpGrid(place, bounds, crs, part);
  return grid === null ? null : outputSize(grid.width, grid.height, part);
}
