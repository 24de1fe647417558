import {
  MAX_ZOOM,
  MERCATOR_HALF_WIDTH,
  MERCATOR_MAX_LATITUDE,
  MERCATOR_RADIUS,
  TILE_SIZE,
  lonLatToPixel,
  type Bounds,
} from '../../engine/geo/tile-matrix.js';
import type { Xml } from '../xml.js';
import { xml } from '../xml.js';

/** OGC 17-083r4, annex D.1. */
export const TILE_MATRIX_SET = 'WebMercatorQuad';
/** What others call it: the well-known scale set of WMTS 1.0.0, annex E.4, and the name of its system. */
const ALIASES = [TILE_MATRIX_SET, 'GoogleMapsCompatible', 'EPSG:3857'];

/** Metres of a pixel that scales of WMTS are told for (OGC 07-057r7, clause 6.1). */
const STANDARD_PIXEL = 0.00028;
const ZOOMS = Array.from({ length: MAX_ZOOM + 1 }, (_, z) => z);

export function isTileMatrixSet(name: string): boolean {
  return ALIASES.includes(name);
}

/** Tile columns and rows, first and last, that hold all that there is. */
export interface TileLimits {
  readonly z: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** @param bounds degrees */
export function tileLimits(bounds: Bounds): readonly TileLimits[] {
  const [west, south, east, north] = clampToMercator(bounds);
  const tile = (pixel: number): number => Math.floor(pixel / TILE_SIZE);
  return ZOOMS.map((z) => {
    const upper = lonLatToPixel(z, west, north);
    const lower = lonLatToPixel(z, east, south);
    return { z, left: tile(upper.x), right: tile(lower.x), top: tile(upper.y), bottom: tile(lower.y) };
  });
}

/** Degrees, within the square that the map knows. */
export function clampToMercator([west, south, east, north]: Bounds): Bounds {
  const latitude = (lat: number): number =>
    Math.max(-MERCATOR_MAX_LATITUDE, Math.min(MERCATOR_MAX_LATITUDE, lat));
  return [Math.max(-180, west), latitude(south), Math.min(180, east), latitude(north)];
}

/** EPSG:3857 metres of degrees. */
export function mercatorBounds(bounds: Bounds): Bounds {
  const [west, south, east, north] = clampToMercator(bounds);
  const x = (lon: number): number => (lon / 180) * MERCATOR_HALF_WIDTH;
  const y = (lat: number): number => MERCATOR_RADIUS * Math.asinh(Math.tan((lat * Math.PI) / 180));
  return [x(west), y(south), x(east), y(north)];
}

/** The one tile matrix set. */
export function tileMatrixSetXml(): Xml {
  const corner = `${-MERCATOR_HALF_WIDTH} ${MERCATOR_HALF_WIDTH}`;
  return xml(
    'TileMatrixSet',
    {},
    xml('ows:Title', {}, 'Web Mercator, the tiles of web maps'),
    xml('ows:Identifier', {}, TILE_MATRIX_SET),
    xml('ows:SupportedCRS', {}, 'urn:ogc:def:crs:EPSG::3857'),
    xml('WellKnownScaleSet', {}, 'urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible'),
    ZOOMS.map((z) =>
      xml(
        'TileMatrix',
        {},
        xml('ows:Identifier', {}, z),
        xml('ScaleDenominator', {}, (2 * MERCATOR_HALF_WIDTH) / (TILE_SIZE * 2 ** z) / STANDARD_PIXEL),
        xml('TopLeftCorner', {}, corner),
        xml('TileWidth', {}, TILE_SIZE),
        xml('TileHeight', {}, TILE_SIZE),
        xml('MatrixWidth', {}, 2 ** z),
        xml('MatrixHeight', {}, 2 ** z),
      ),
    ),
  );
}

/**
 * The link of a layer to it, with the tiles where there can be anything. OGC's schema of 1.0.0 takes no limit of 0, so zooms where
 * one is 0 have none.
 */
export function tileMatrixSetLinkXml(bounds: Bounds): Xml {
  const limits = tileLimits(bounds).filter(({ left, top }) => left > 0 && top > 0);
  const set = xml('TileMatrixSet', {}, TILE_MATRIX_SET);
  if (limits.length === 0) return xml('TileMatrixSetLink', {}, set);
  return xml(
    'TileMatrixSetLink',
    {},
    set,
    xml(
      'TileMatrixSetLimits',
      {},
      limits.map(({ z, left, right, top, bottom }) =>
        xml(
          'TileMatrixLimits',
          {},
          xml('TileMatrix', {}, z),
          xml('MinTileRow', {}, top),
          xml('MaxTileRow', {}, bottom),
          xml('MinTileCol', {}, left),
          xml('MaxTileCol', {}, right),
        ),
      ),
    ),
  );
}
