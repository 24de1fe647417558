import { MAX_ZOOM, TILE_SIZE } from '../../engine/geo/tile-matrix.js';
import type { TileAddress } from '../tiles/tile-service.js';
import type { Catalogue, DimensionName, WmtsLayer } from './catalogue.js';
import { chooseDimensions, findLayer } from './catalogue.js';
import { TILE_MATRIX_SET, isTileMatrixSet } from './tile-matrix-set.js';
import { WmtsError } from './wmts-error.js';

/** A parameter by its lower-case name: of a query, or of an address. undefined: not given. */
export type Parameters = (name: string) => string | undefined;

export const TILE_FORMAT = 'image/png';
export const STYLE = 'default';
export const INFO_FORMATS = ['text/html', 'text/plain', 'application/geo+json'] as const;
/**
 * Taken too, but not told of: QGIS 3.22 would ask for it before all others and then cannot read it, whatever it holds (its
 * "Feature" format, which it takes for GML).
 */
const PLAIN_JSON = 'application/json';
export type InfoFormat = (typeof INFO_FORMATS)[number] | typeof PLAIN_JSON;

/** A tile that can be asked for. */
export interface WmtsTile {
  readonly layer: WmtsLayer;
  readonly dimensions: Readonly<Partial<Record<DimensionName, string>>>;
  readonly tile: TileAddress;
}

/** A pixel of one. */
export interface WmtsPixel extends WmtsTile {
  /** Column and row from the tile's upper left pixel, 0 to 255. */
  readonly i: number;
  readonly j: number;
  readonly format: InfoFormat;
}

/** What GetTile asks for. Throws a {@link WmtsError} with the parameter that is missing or wrong. */
export function parseTile(catalogue: Catalogue, parameters: Parameters): WmtsTile {
  const layer = findLayer(catalogue, required(parameters, 'layer'));
  const style = parameters('style');
  if (style === undefined) throw missing('style');
  // An empty one is the default, as in WMS.
  one('style', style === '' ? STYLE : style, [STYLE]);
  one('format', required(parameters, 'format'), [TILE_FORMAT]);
  const dimensions = chooseDimensions(layer, parameters);
  const set = required(parameters, 'tilematrixset');
  if (!isTileMatrixSet(set)) throw unknown('tilematrixset', set, [TILE_MATRIX_SET]);
  return { layer, dimensions, tile: parseAddress(parameters) };
}

/** What GetFeatureInfo asks for. Throws as {@link parseTile} does, and `PointIJOutOfRange`. */
export function parsePixel(catalogue: Catalogue, parameters: Parameters): WmtsPixel {
  const tile = parseTile(catalogue, parameters);
  const [i, j] = (['i', 'j'] as const).map((name) => {
    const value = whole(parameters, name);
    if (value < TILE_SIZE) return value;
    throw new WmtsError('PointIJOutOfRange', name, `${name} = ${value} is not from 0 to ${TILE_SIZE - 1}.`);
  }) as [number, number];
  // A plus that nobody encoded has become a space on its way.
  const asked = required(parameters, 'infoformat').replaceAll(' ', '+');
  const format = one('infoformat', asked, [...INFO_FORMATS, PLAIN_JSON]);
  return { ...tile, i, j, format };
}

function parseAddress(parameters: Parameters): TileAddress {
  const matrix = required(parameters, 'tilematrix');
  // `WebMercatorQuad:14` is how some clients write it.
  const name = matrix.slice(matrix.lastIndexOf(':') + 1);
  const z = /^\d{1,2}$/.test(name) ? Number(name) : Number.NaN;
  if (!(z <= MAX_ZOOM)) {
    throw new WmtsError(
      'InvalidParameterValue',
      'tilematrix',
      `There is no tile matrix "${matrix}". There are: 0 to ${MAX_ZOOM}.`,
    );
  }
  const last = 2 ** z - 1;
  const [y, x] = (['tilerow', 'tilecol'] as const).map((at) => {
    const value = whole(parameters, at);
    if (value <= last) return value;
    throw new WmtsError('TileOutOfRange', at, `${at} = ${value} is not from 0 to ${last}.`);
  }) as [number, number];
  return { z, x, y };
}

function whole(parameters: Parameters, name: string): number {
  const text = required(parameters, name);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Numbers below 0 are numbers, only of no tile and no pixel.
  if (/^-\d+$/.test(text)) {
    const code = name === 'i' || name === 'j' ? 'PointIJOutOfRange' : 'TileOutOfRange';
    throw new WmtsError(code, name, `${name} = ${text} is below 0.`);
  }
  throw new WmtsError('InvalidParameterValue', name, `${name} = "${text}" is not a whole number.`);
}

/** The parameter; empty counts as missing. Throws `MissingParameterValue`. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters(name);
  if (value !== undefined && value !== '') return value;
  throw missing(name);
}

function one<const T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw unknown(name, value, known);
}

function missing(name: string): WmtsError {
  return new WmtsError('MissingParameterValue', name, `The parameter ${name} is missing.`);
}

function unknown(name: string, value: string, known: readonly string[]): WmtsError {
  return new WmtsError(
    'InvalidParameterValue',
    name,
    `${name} = "${value}" is unknown. There is: ${known.join(', ')}.`,
  );
}
