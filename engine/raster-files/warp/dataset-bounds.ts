import type { Dataset, FileCrs } from '../dataset.js';
import type { Box } from './grid/affine.js';
import { affineOfBox, boxOfRaster } from './grid/affine.js';
import { sameCrs } from './grid/crs.js';
import { georeferenced } from './grid/georeferenced.js';
import { suggestedOutput } from './grid/suggested-output.js';
import { transformBounds } from './grid/transform-bounds.js';
import { maxZoom, tileMatrixSet, zoomForResolution } from './tile-matrix-sets/tile-matrix-set.js';

const WORLD: Box = [-180, -90, 180, 90];

/**
 * rio-tiler's `get_geographic_bounds`: the file's box in another system, by 21 points an edge; the whole world where it has no place
 * there. South is below north also where the file's rows go north. @throws bad-request without georeference
 */
export function datasetBounds(dataset: Dataset, crs: FileCrs): Box {
  const place = georeferenced(dataset);
  const [west, south, east, north] = boxOfRaster(place.transform, place.width, place.height);
  if (sameCrs(place.crs, crs)) return [west, Math.min(south, north), east, Math.max(south, north)];
  // GDAL refuses a box in degrees whose south lies above its north; rio-tiler then says the world.
  if (south > north && place.crs.geographic) return WORLD;
  const bounds = transformBounds(place.crs, crs, [west, south, east, north]);
  return bounds.every(Number.isFinite) ? bounds : WORLD;
}

/**
 * rio-tiler's `minzoom` and `maxzoom`: the deepest has the file's resolution, the lowest that of its last overview of more than a
 * tile, whether it has one or not. All zooms of the set where the file has no place in it.
 */
export function datasetZooms(
  dataset: Dataset,
  matrixSet: string,
): { readonly min: number; readonly max: number } {
  const set = tileMatrixSet(matrixSet);
  const place = georeferenced(dataset);
  const { width, height, transform } = place;
  const grid = sameCrs(place.crs, set.crs)
    ? place
    : suggestedOutput(
        place.crs,
        set.crs,
        affineOfBox(boxOfRaster(transform, width, height), width, height),
        width,
        height,
      );
  if (grid === null) return { min: set.minZoom, max: maxZoom(set) };
  // As rio-tiler has it: of the file's own transform it takes entries 0 and 4, which are the pixel sizes.
  const resolution = Math.max(Math.abs(grid.transform[0]), Math.abs(grid.transform[4]));
  let factor = 1;
  while (Math.min(Math.floor(grid.width / factor), Math.floor(grid.height / factor)) > set.tileSize)
    factor *= 2;
  return { min: zoomForResolution(set, resolution * factor), max: zoomForResolution(set, resolution) };
}
