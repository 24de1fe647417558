import { GeoCropError } from '../../../errors.js';
import type { Affine } from '../../../windows/cog-header.js';
import type { Dataset, FileCrs } from '../../dataset.js';

/** A raster whose place is known. */
export interface Georeferenced {
  readonly width: number;
  readonly height: number;
  readonly transform: Affine;
  readonly crs: FileCrs;
  readonly blockWidth: number;
}

/** @throws bad-request for a file that can be looked at by pixels only */
export function georeferenced(dataset: Dataset): Georeferenced {
  const { width, height, transform, crs, levels } = dataset;
  if (transform === null || crs === null) {
    throw new GeoCropError(
      'bad-request',
      'The file says neither where it lies nor in which reference system.',
      {
        hint: 'Only its preview can be made. gdal_edit.py -a_srs and -a_ullr give a file its place.',
        context: { url: dataset.href },
      },
    );
  }
  return { width, height, transform, crs, blockWidth: levels[0]?.blockWidth ?? width };
}
