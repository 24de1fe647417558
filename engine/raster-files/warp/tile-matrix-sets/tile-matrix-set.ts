import { GeoCropError } from '../../../errors.js';
import type { Box } from '../grid/affine.js';
import type { TileMatrixSet } from './definitions.js';
import { DEFINITIONS } from './definitions.js';

export type { TileMatrixSet } from './definitions.js';

const BY_ID = new Map(DEFINITIONS.map((set) => [set.id, set]));

/** Names of the sets that there are. */
export const TILE_MATRIX_SETS: readonly string[] = [...BY_ID.keys()].sort();

/** @throws bad-request with the names that there are */
export function tileMatrixSet(id: string): TileMatrixSet {
  const set = BY_ID.get(id);
  if (set !== undefined) return set;
  throw new GeoCropError('bad-request', `There is no tile matrix set ${id}.`, {
    hint: `There are ${TILE_MATRIX_SETS.join(', ')}.`,
    context: { tileMatrixSet: id },
  });
}

export function maxZoom(set: TileMatrixSet): number {
  return set.minZoom + set.cellSizes.length - 1;
}

/** Units of the set's reference system a pixel. @throws bad-request for a zoom that the set does not have */
export function cellSize(set: TileMatrixSet, zoom: number): number {
  const size = set.cellSizes[zoom - set.minZoom];
  if (size !== undefined) return size;
  throw new GeoCropError('bad-request', `Zoom ${zoom} is not one of ${set.id}.`, {
    hint: `Its zooms are ${set.minZoom} to ${maxZoom(set)}.`,
    context: { tileMatrixSet: set.id, zoom },
  });
}

/** In the set's reference system; tiles beyond the matrix have bounds too, as in morecantile. */
export function tileBounds(set: TileMatrixSet, zoom: number, x: number, y: number): Box {
  const size = cellSize(set, zoom);
  const [left, top] = set.origin;
  return [
    left + x * size * set.tileSize,
    top - (y + 1) * size * set.tileSize,
    left + (x + 1) * size * set.tileSize,
    top - y * size * set.tileSize,
  ];
}

/** morecantile's `zoom_for_res`, strategy auto: the zoom whose pixels are closest by ratio. */
export function zoomForResolution(set: TileMatrixSet, resolution: number): number {
  let zoom = set.minZoom;
  while (zoom < maxZoom(set) && !reaches(cellSize(set, zoom), resolution)) zoom += 1;
  const size = cellSize(set, zoom);
  if (zoom > 0 && Math.abs(resolution - size) / size > 1e-8) {
    const coarser = Math.max(zoom - 1, set.minZoom);
    if (cellSize(set, coarser) / resolution < resolution / size) return coarser;
  }
  return zoom;
}

function reaches(size: number, resolution: number): boolean {
  return resolution > size || Math.abs(resolution - size) / size <= 1e-8;
}
