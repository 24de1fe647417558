import {
  MERCATOR_HALF_WIDTH,
  NATIVE_ZOOM,
  TILE_SIZE,
  lonLatToPixel,
  type Bounds,
} from '../../engine/geo/tile-matrix.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import { clampToMercator } from '../wmts/tile-matrix-set.js';
import { xml } from '../xml.js';

/** Overviews halve what lies below them: all of them begin at an edge of this zoom. */
const ALIGNED_ZOOM = 6;
/** Seconds: more than the server lets anyone wait. */
const TIMEOUT = 60;

type Numbers = { readonly type: 'Byte' | 'Float32'; readonly nodata: string | null };

/** What a layer's `.tif` tiles hold; null where they are a picture. */
function numbersOf(kind: LayerInfo['kind']): Numbers | null {
  switch (kind) {
    case 'classes':
    case 'percent':
      return { type: 'Byte', nodata: '255' };
    case 'count':
      return { type: 'Byte', nodata: null };
    case 'feature':
      return { type: 'Float32', nodata: 'nan' };
    case 'rgb':
      return null;
  }
}

/**
 * `.tif` tiles as one raster of the native zoom, for GDAL's WMS driver (its TMS service; gdal.org/drivers/raster/wms.html). Null for
 * layers without numbers. What is not ready in time is nodata, until the layer is read anew.
 * @param template an address with {z}, {x} and {y}
 * @param bounds degrees
 */
export function gdalTiles(kind: LayerInfo['kind'], template: string, bounds: Bounds): string | null {
  const numbers = numbersOf(kind);
  if (numbers === null) return null;
  const [west, south, east, north] = clampToMercator(bounds);
  const step = 2 ** (NATIVE_ZOOM - ALIGNED_ZOOM);
  const upper = lonLatToPixel(ALIGNED_ZOOM, west, north);
  const lower = lonLatToPixel(ALIGNED_ZOOM, east, south);
  const tile = (pixel: number): number => Math.floor(pixel / TILE_SIZE);
  const [left, top, right, bottom] = [tile(upper.x), tile(upper.y), tile(lower.x) + 1, tile(lower.y) + 1].map(
    (at) => at * step,
  ) as [number, number, number, number];
  const side = (2 * MERCATOR_HALF_WIDTH) / 2 ** NATIVE_ZOOM;
  return xml(
    'GDAL_WMS',
    {},
    xml(
      'Service',
      { name: 'TMS' },
      xml('ServerUrl', {}, template.replace('{z}', '${z}').replace('{x}', '${x}').replace('{y}', '${y}')),
    ),
    xml(
      'DataWindow',
      {},
      xml('UpperLeftX', {}, left * side - MERCATOR_HALF_WIDTH),
      xml('UpperLeftY', {}, MERCATOR_HALF_WIDTH - top * side),
      xml('LowerRightX', {}, right * side - MERCATOR_HALF_WIDTH),
      xml('LowerRightY', {}, MERCATOR_HALF_WIDTH - bottom * side),
      xml('TileLevel', {}, NATIVE_ZOOM),
      xml('TileX', {}, left),
      xml('TileY', {}, top),
      xml('SizeX', {}, (right - left) * TILE_SIZE),
      xml('SizeY', {}, (bottom - top) * TILE_SIZE),
      xml('YOrigin', {}, 'top'),
    ),
    xml('Projection', {}, 'EPSG:3857'),
    xml('OverviewCount', {}, NATIVE_ZOOM - ALIGNED_ZOOM),
    xml('BlockSizeX', {}, TILE_SIZE),
    xml('BlockSizeY', {}, TILE_SIZE),
    xml('BandsCount', {}, 1),
    xml('DataType', {}, numbers.type),
    ...(numbers.nodata === null ? [] : [xml('DataValues', { NoData: numbers.nodata })]),
    xml('MaxConnections', {}, 6),
    xml('Timeout', {}, TIMEOUT),
    xml('ZeroBlockHttpCodes', {}, '404,503'),
  ).text;
}
