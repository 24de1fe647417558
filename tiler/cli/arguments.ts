import { InvalidArgumentError } from 'commander';
import { isGeoCropError } from '../../engine/errors.js';
import type { Aoi } from '../../engine/geo/aoi.js';
import { parseAoi } from '../../engine/geo/aoi.js';
import { NATIVE_ZOOM, type Bounds } from '../../engine/geo/tile-matrix.js';
import { duration } from '../config/parsers.js';

/** Parsers of command-line values: commander prints what they throw and leaves with the code of wrong usage. */

/** `w,s,e,n` in degrees. */
export function bboxArgument(text: string): Bounds {
  const parts = numbers(text);
  const [west = NaN, south = NaN, east = NaN, north = NaN] = parts;
  if (parts.length !== 4 || !parts.every(Number.isFinite)) {
    throw new InvalidArgumentError(
      'Give it as west,south,east,north in degrees, such as 29.9,-17.6,30.1,-17.4.',
    );
  }
  if (Math.abs(west) > 180 || Math.abs(east) > 180 || Math.abs(south) > 85 || Math.abs(north) > 85) {
    throw new InvalidArgumentError(
      'Longitudes reach from -180 to 180, latitudes from -85 to 85; longitude comes first.',
    );
  }
  if (west >= east || south >= north) {
    throw new InvalidArgumentError('West must be less than east and south less than north.');
  }
  return [west, south, east, north];
}

/** `lon,lat,radius_m`: a circle of at most 5,000 m. */
export function aoiArgument(text: string): Aoi {
  try {
    return parseAoi(text);
  } catch (error) {
    if (!isGeoCropError(error)) throw error;
    throw new InvalidArgumentError([error.message, error.hint ?? ''].join(' ').trim());
  }
}

/** `lon,lat` in degrees. */
export function pointArgument(text: string): { readonly lon: number; readonly lat: number } {
  const parts = numbers(text);
  const [lon = NaN, lat = NaN] = parts;
  if (parts.length !== 2 || !(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 85)) {
    throw new InvalidArgumentError('Give it as lon,lat in degrees, such as 30.01,-17.45.');
  }
  return { lon, lat };
}

/** Four digits: the year in which the season starts. */
export function yearArgument(text: string): number {
  if (/^\d{4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the year in which the season starts, such as 2021.');
}

/** A path that ends in one of the extensions. */
export function fileArgument(...extensions: readonly string[]): (text: string) => string {
  return (text) => {
    if (extensions.some((extension) => text.toLowerCase().endsWith(extension))) return text;
    throw new InvalidArgumentError(`The name of the file must end in ${extensions.join(' or ')}.`);
  };
}

/** `6h`, `90m`: milliseconds. */
export function durationArgument(text: string): number {
  try {
    return duration(text);
  } catch {
    throw new InvalidArgumentError('Give a time such as 30m or 6h.');
  }
}

/** `6-14` or `14`: zooms of which the native one, 14, is the highest. */
export function zoomsArgument(text: string): { readonly lowest: number; readonly highest: number } {
  const [, first = '', last = first] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text.trim()) ?? [];
  const [lowest, highest] = [Number(first), Number(last)];
  if (first === '' || lowest > highest || highest > NATIVE_ZOOM) {
    throw new InvalidArgumentError(
      `Give two zooms from 0 to ${NATIVE_ZOOM}, the lower first, such as 6-14. What lies above ${NATIVE_ZOOM} is drawn from it.`,
    );
  }
  return { lowest, highest };
}

function numbers(text: string): number[] {
  return text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
}
