import { GeoCropError } from '../../errors.js';
import type { Dataset } from '../dataset.js';
import type { Image } from '../image.js';
import type { ReadOptions } from '../read.js';
import type { Box } from './grid/affine.js';
import { boxOfRaster } from './grid/affine.js';
import { sameCrs } from './grid/crs.js';
import type { Georeferenced } from './grid/georeferenced.js';
import { georeferenced } from './grid/georeferenced.js';
import { transformBounds } from './grid/transform-bounds.js';
import { readPart } from './read-part.js';
import type { ReaderOptions } from './reader-options.js';
import type { TileMatrixSet } from './tile-matrix-sets/tile-matrix-set.js';
import { tileBounds, tileMatrixSet } from './tile-matrix-sets/tile-matrix-set.js';

export interface AskedTile {
  readonly matrixSet: string;
  readonly z: number;
  readonly x: number;
  readonly y: number;
  /** Pixels along a side; default: the set's. */
  readonly size?: number | undefined;
}

/** rio-tiler's `Reader.tile`. @throws tile-outside-bounds, and what {@link readPart} throws */
export async function readTile(
  dataset: Dataset,
  { matrixSet, z, x, y, size }: AskedTile,
  options: ReadOptions = {},
  reader: ReaderOptions = {},
): Promise<Image> {
  const set = tileMatrixSet(matrixSet);
  const bounds = tileBounds(set, z, x, y);
  if (!meets(georeferenced(dataset), set, bounds)) {
    throw new GeoCropError('tile-outside-bounds', `Tile ${z}/${x}/${y} lies outside the file.`, {
      hint: 'bounds and zooms are in its tilejson.json.',
      context: { tileMatrixSet: set.id, z, x, y },
    });
  }
  const width = size ?? set.tileSize;
  const part = { bounds, crs: set.crs, outputCrs: set.crs, width, height: width };
  return readPart(dataset, part, options, reader);
}

/** rio-tiler's `tile_exists`: boxes in the file's system; where the tile has no place in it, it is taken to meet the file. */
function meets(place: Georeferenced, set: TileMatrixSet, bounds: Box): boolean {
  const tile = sameCrs(set.crs, place.crs) ? bounds : transformBounds(set.crs, place.crs, bounds);
  if (!tile.every(Number.isFinite)) return true;
  const file = normalized(boxOfRaster(place.transform, place.width, place.height));
  const [west, south, east, north] = normalized(tile);
  return west < file[2] && east > file[0] && north > file[1] && south < file[3];
}

function normalized([a, b, c, d]: Box): Box {
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}
