import type { Reader } from '../read.js';
import { datasetBounds, datasetZooms } from './dataset-bounds.js';
import { readPart } from './read-part.js';
import { readPoint } from './read-point.js';
import { readPreview } from './read-preview.js';
import { readTile } from './read-tile.js';
import type { ReaderOptions } from './reader-options.js';

/** Cuts, warps and resamples files pixel for pixel as rio-tiler does with GDAL. */
export function createReader(reader: ReaderOptions = {}): Reader {
  return {
    part: (dataset, part, options) => readPart(dataset, part, options, reader),
    tile: (dataset, tile, options) => readTile(dataset, tile, options, reader),
    preview: (dataset, size, options) => readPreview(dataset, size, options, reader),
    point: (dataset, place, options) => readPoint(dataset, place, options, reader),
    bounds: datasetBounds,
    zooms: datasetZooms,
  };
}
