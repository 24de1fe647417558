import { GeoCropError } from '../../errors.js';
import type { Dataset, FileCrs } from '../dataset.js';
import type { Image } from '../image.js';
import type { ReadOptions } from '../read.js';
import { boxOfRaster } from './grid/affine.js';
import { sameCrs } from './grid/crs.js';
import { georeferenced } from './grid/georeferenced.js';
import type { AskedSize } from './grid/output-size.js';
import { outputSize } from './grid/output-size.js';
import { suggestedOutput } from './grid/suggested-output.js';
import { readWarped, readWindow } from './read-image.js';
import type { ReaderOptions } from './reader-options.js';

/** rio-tiler's `Reader.preview`: all of the file. A file without georeference is taken by its pixels. */
export async function readPreview(
  dataset: Dataset,
  size: AskedSize & { readonly outputCrs?: FileCrs | undefined },
  options: ReadOptions = {},
  reader: ReaderOptions = {},
): Promise<Image> {
  const { outputCrs } = size;
  const { width, height, transform, crs } = dataset;
  if (outputCrs === undefined || (crs !== null && sameCrs(outputCrs, crs))) {
    const bounds = transform === null ? null : boxOfRaster(transform, width, height);
    const window = { column: 0, row: 0, width, height };
    return readWindow(dataset, window, outputSize(width, height, size), { bounds, crs }, options, reader);
  }
  const place = georeferenced(dataset);
  const grid = suggestedOutput(place.crs, outputCrs, place.transform, width, height);
  if (grid === null) {
    throw new GeoCropError('bad-request', 'The file has no place in this reference system.', {
      context: { crs: outputCrs.name },
    });
  }
  return readWarped(
    dataset,
    place,
    grid,
    outputCrs,
    outputSize(grid.width, grid.height, size),
    options,
    reader,
  );
}
