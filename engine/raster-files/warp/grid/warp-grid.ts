import type { Affine } from '../../../windows/cog-header.js';
import type { FileCrs } from '../../dataset.js';
import type { Box, FloatWindow } from './affine.js';
import {
  affineOfBox,
  boxOfRaster,
  boxOfWindow,
  roundHalfEven,
  roundToSixPlaces,
  windowOfBox,
} from './affine.js';
import { sameCrs } from './crs.js';
import type { AskedSize } from './output-size.js';
import type { Grid } from './suggested-output.js';
import { suggestedOutput } from './suggested-output.js';
import type { Georeferenced } from './georeferenced.js';

/** Where rio-tiler cuts a raster in degrees before it asks for its resolution in web mercator. */
const MERCATOR_EDGE = 85.06;
/** Tiles that lie on multiples of it are taken to be blocks of the file. */
const BLOCK_STEP = 64;

/** The raster's own grid in another system: what rio-tiler takes as its resolution there. */
export function nativeGrid(dataset: Georeferenced, to: FileCrs): Grid | null {
  const { width, height, transform, crs } = dataset;
  if (sameCrs(crs, to)) return { transform, width, height };
  const box = boxOfRaster(transform, width, height);
  const [west, south, east, north] = box;
  if (crs.epsg === 4326 && to.epsg === 3857) {
    const edge = MERCATOR_EDGE;
    let cut: Box | null = null;
    if (south < -edge || north > edge) cut = [west, Math.max(south, -edge), east, Math.min(north, edge)];
    else if (south > edge || north < -edge) cut = [west, Math.min(south, edge), east, Math.max(north, -edge)];
    const window = cut === null ? null : windowOfBox(cut, transform);
    if (cut !== null && window !== null) {
      const columns = roundHalfEven(window.width);
      const rows = roundHalfEven(window.height);
      return suggestedOutput(crs, to, affineOfBox(cut, columns, rows), columns, rows);
    }
  }
  return suggestedOutput(crs, to, affineOfBox(box, width, height), width, height);
}

/**
 * rio-tiler's `get_vrt_transform`: the grid that the file is warped to before it is reduced to the size that was asked for. It has the
 * file's own resolution, or that of the answer where it is finer. Null where the raster has no place in `to`.
 */
export function warpGrid(dataset: Georeferenced, box: Box, to: FileCrs, asked: AskedSize): Grid | null {
  const native = nativeGrid(dataset, to);
  if (native === null) return null;
  const bounds = isAligned(dataset, box, to) ? snapped(dataset, box, native.transform) : box;
  const [west, south, east, north] = bounds;
  let resX = native.transform[0];
  let resY = native.transform[4];
  let { width, height } = asked;
  if (width !== undefined || height !== undefined) {
    if (width === undefined || height === undefined) {
      const ratio =
        Math.max(1, roundHalfEven((south - north) / resY)) / Math.max(1, roundHalfEven((east - west) / resX));
      if (width !== undefined) height = Math.ceil(width * ratio);
      else width = Math.ceil((height as number) / ratio);
    }
    const output = affineOfBox(bounds, width, height as number);
    if (Math.abs(resX) > Math.abs(output[0])) resX = output[0];
    if (Math.abs(resY) > Math.abs(output[4])) resY = output[4];
  }
  const gridWidth = Math.max(1, roundHalfEven((east - west) / resX));
  const gridHeight = Math.max(1, roundHalfEven((south - north) / resY));
  return { transform: affineOfBox(bounds, gridWidth, gridHeight), width: gridWidth, height: gridHeight };
}

/** rio-tiler's `_requested_tile_aligned_with_internal_tile`. */
function isAligned(dataset: Georeferenced, box: Box, to: FileCrs): boolean {
  if (dataset.blockWidth === dataset.width || !sameCrs(dataset.crs, to)) return false;
  const window = windowOfBox(box, dataset.transform);
  if (window === null) return false;
  if (roundHalfEven(window.width) % BLOCK_STEP !== 0 && roundHalfEven(window.height) % BLOCK_STEP !== 0) {
    return false;
  }
  return (
    (dataset.width - roundHalfEven(window.column)) % BLOCK_STEP === 0 &&
    (dataset.height - roundHalfEven(window.row)) % BLOCK_STEP === 0
  );
}

function snapped(dataset: Georeferenced, box: Box, transform: Affine): Box {
  const window = windowOfBox(box, transform);
  if (window === null) return box;
  const rounded: FloatWindow = {
    column: roundToSixPlaces(window.column),
    row: roundToSixPlaces(window.row),
    width: roundToSixPlaces(window.width),
    height: roundToSixPlaces(window.height),
  };
  return boxOfWindow(rounded, dataset.transform);
}
