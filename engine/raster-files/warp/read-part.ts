import { GeoCropError } from '../../errors.js';
import type { Dataset } from '../dataset.js';
import type { Image } from '../image.js';
import type { Part, ReadOptions } from '../read.js';
import type { Box } from './grid/affine.js';
import { boxOfWindow, windowOfBox } from './grid/affine.js';
import { sameCrs } from './grid/crs.js';
import { georeferenced } from './grid/georeferenced.js';
import { outputSize } from './grid/output-size.js';
import { transformBounds } from './grid/transform-bounds.js';
import { warpGrid } from './grid/warp-grid.js';
import { readWarped, readWindow } from './read-image.js';
import type { ReaderOptions } from './reader-options.js';

/**
 * rio-tiler's `Reader.part`. Throws `bad-request` for a box without an area, `area-too-large` where too much of the file would have to be
 * read, `cog-unsupported` for a file whose rows go north and that is not projected, and what reading throws.
 */
export async function readPart(
  dataset: Dataset,
  part: Part,
  options: ReadOptions = {},
  reader: ReaderOptions = {},
): Promise<Image> {
  const place = georeferenced(dataset);
  const crs = part.outputCrs ?? place.crs;
  const bounds = checked(sameCrs(part.crs, crs) ? part.bounds : transformBounds(part.crs, crs, part.bounds));
  if (!sameCrs(crs, place.crs)) {
    const grid = warpGrid(place, bounds, crs, part);
    if (grid === null) {
      throw new GeoCropError('bad-request', 'The file has no place in this reference system.', {
        context: { crs: crs.name },
      });
    }
    return readWarped(dataset, place, grid, crs, outputSize(grid.width, grid.height, part), options, reader);
  }
  const window = windowOfBox(bounds, place.transform);
  if (window === null) {
    throw new GeoCropError('cog-unsupported', 'The rows of this file go from south to north.', {
      hint: 'Ask for it in another reference system than its own, or write it north-up with gdalwarp.',
      context: { url: dataset.href },
    });
  }
  const size = outputSize(window.width, window.height, part);
  const where = { bounds: boxOfWindow(window, place.transform), crs };
  return readWindow(dataset, window, size, where, options, reader);
}

function checked(bounds: Box): Box {
  const [west, south, east, north] = bounds;
  if (bounds.every(Number.isFinite) && west < east && south < north) return bounds;
  throw new GeoCropError('bad-request', `The box ${bounds.join(',')} has no area.`, {
    hint: 'Give west, south, east, north, with west < east and south < north.',
  });
}
