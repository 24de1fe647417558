import { GeoCropError } from '../errors.js';

/** The zoom whose pixels are closest to Sentinel-2's 10 m: 9.03 m at 19° S. */
export const NATIVE_ZOOM = 14;
/** The unit of computing, storing and warming: 4 × 4 native tiles. */
export const METATILE_ZOOM = 12;
/** Above it a native pixel would be drawn more than 16 times as wide. */
export const MAX_ZOOM = 18;
/** Pixels along a side. */
export const TILE_SIZE = 256;
export const METATILE_SIZE = TILE_SIZE << (NATIVE_ZOOM - METATILE_ZOOM);

/** WGS 84 semi-major axis in metres: the sphere of EPSG:3857. */
export const MERCATOR_RADIUS = 6378137;
/** Half the width of the EPSG:3857 square, in metres; x and y run from minus it to plus it. */
export const MERCATOR_HALF_WIDTH = Math.PI * MERCATOR_RADIUS;
/** Degrees: where the square ends north and south. */
export const MERCATOR_MAX_LATITUDE = (Math.atan(Math.sinh(Math.PI)) * 180) / Math.PI;

/** [west, south, east, north], degrees or metres as the function says. */
export type Bounds = readonly [number, number, number, number];

/** Zoom, column from the west, row from the north of the XYZ web-mercator tile matrix (OGC WebMercatorQuad). */
export interface TileId {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** The tile, if z is 0 to maxZoom and x and y are 0 to 2^z − 1, all whole; throws `bad-request` with the range otherwise. */
export function checkTile(z: number, x: number, y: number, maxZoom: number = MAX_ZOOM): TileId {
  if (!Number.isInteger(z) || z < 0 || z > maxZoom) {
    throw new GeoCropError('bad-request', `Zoom ${z} is not a whole number from 0 to ${maxZoom}.`, {
      hint: `Ask for a zoom from 0 to ${maxZoom}.`,
      context: { z, x, y },
    });
  }
  const last = 2 ** z - 1;
  for (const [name, value] of [
    ['x', x],
    ['y', y],
  ] as const) {
    if (!Number.isInteger(value) || value < 0 || value > last) {
      throw new GeoCropError(
        'bad-request',
        `${name} = ${value} is not a whole number from 0 to ${last}, the tiles of zoom ${z}.`,
        {
          hint: 'Tiles are numbered from the north-west corner, as XYZ does it (not TMS).',
          context: { z, x, y },
        },
      );
    }
  }
  return { z, x, y };
}

/** The metatile that holds a tile of zoom 12 or more. */
export function metatileOf(tile: TileId): { readonly z: 12; readonly x: number; readonly y: number } {
  const up = tile.z - METATILE_ZOOM;
  if (up < 0)
    throw new RangeError(`tile zoom: got ${tile.z}, a metatile holds zoom ${METATILE_ZOOM} and more`);
  return { z: METATILE_ZOOM, x: Math.floor(tile.x / 2 ** up), y: Math.floor(tile.y / 2 ** up) };
}

/** EPSG:3857 metres. */
export function tileBoundsMercator(tile: TileId): Bounds {
  const side = (2 * MERCATOR_HALF_WIDTH) / 2 ** tile.z;
  return [
    -MERCATOR_HALF_WIDTH + tile.x * side,
    MERCATOR_HALF_WIDTH - (tile.y + 1) * side,
    -MERCATOR_HALF_WIDTH + (tile.x + 1) * side,
    MERCATOR_HALF_WIDTH - tile.y * side,
  ];
}

/** Degrees. */
export function tileBoundsLonLat(tile: TileId): Bounds {
  return pixelWindowLonLat(tile.z, tile.x * TILE_SIZE, tile.y * TILE_SIZE, TILE_SIZE, TILE_SIZE);
}

/** The outer edges, in degrees, of a window of global map pixels. */
export function pixelWindowLonLat(
  zoom: number,
  px0: number,
  py0: number,
  width: number,
  height: number,
): Bounds {
  const size = matrixSize(zoom);
  return [
    longitudeAt(px0, size),
    latitudeAt(py0 + height, size),
    longitudeAt(px0 + width, size),
    latitudeAt(py0, size),
  ];
}

/** Pixels along a side of the whole matrix at a zoom. */
export function matrixSize(zoom: number): number {
  return TILE_SIZE * 2 ** zoom;
}

/**
 * The global map pixel that contains a point: whole numbers from the north-west corner. A point on the edge between two
 * pixels belongs to the eastern or southern one. Throws `bad-request` outside ±180° and ±{@link MERCATOR_MAX_LATITUDE}°.
 */
export function lonLatToPixel(zoom: number, lon: number, lat: number): { x: number; y: number } {
  if (!(Math.abs(lon) <= 180) || !(Math.abs(lat) <= MERCATOR_MAX_LATITUDE)) {
    throw new GeoCropError('bad-request', `${lon}, ${lat} is not a longitude and latitude of the map.`, {
      hint: 'Longitude first, from -180 to 180; then latitude, from -85.05 to 85.05.',
      context: { lon, lat },
    });
  }
  const size = matrixSize(zoom);
  const x = ((lon + 180) / 360) * size;
  const y = (0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * size;
  return { x: Math.min(size - 1, Math.floor(x)), y: Math.min(size - 1, Math.max(0, Math.floor(y))) };
}

/** [lon, lat] in degrees of a global map pixel's centre. */
export function pixelCentreLonLat(zoom: number, px: number, py: number): [number, number] {
  const size = matrixSize(zoom);
  return [longitudeAt(px + 0.5, size), latitudeAt(py + 0.5, size)];
}

/** Degrees; `x` in global pixels, whole on edges, half on centres. */
export function longitudeAt(x: number, size: number): number {
  return (x / size) * 360 - 180;
}

/** Degrees; `y` in global pixels, whole on edges, half on centres. */
export function latitudeAt(y: number, size: number): number {
  return (Math.atan(tangentOfLatitudeAt(y, size)) * 180) / Math.PI;
}

/** tan φ of a row: sinh of the mercator y on the unit sphere (Snyder 1987, eq. 7-4). */
export function tangentOfLatitudeAt(y: number, size: number): number {
  return Math.sinh(Math.PI * (1 - (2 * y) / size));
}
