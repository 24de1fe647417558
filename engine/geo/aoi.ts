import { GeoCropError } from '../errors.js';
import type { Coverage } from './coverage.js';
import { groundDistance, metresPerDegree } from './ground.js';
import type { Bounds } from './tile-matrix.js';

/** Metres: more is a job for a bounding box. */
export const MAX_AOI_RADIUS = 5000;

/** A circle on the ground. */
export interface Aoi {
  /** Degrees. */
  readonly lon: number;
  readonly lat: number;
  /** Metres, over 0 and at most {@link MAX_AOI_RADIUS}. */
  readonly radius: number;
}

/** `lon,lat,radius_m`, as the command line and jobs give it; throws `bad-request`. */
export function parseAoi(text: string): Aoi {
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [lon = NaN, lat = NaN, radius = NaN] = parts;
  if (parts.length !== 3 || !parts.every(Number.isFinite)) {
    throw badAoi(`"${text}" is not an AOI.`, { aoi: text });
  }
  return checkAoi({ lon, lat, radius });
}

/**
 * The AOI, if its numbers are in range; throws `bad-request`. With a coverage its centre must lie inside
 * (`outside-coverage` otherwise); the circle may reach over the border, where the result is nodata if no scene covers it.
 */
export function checkAoi(aoi: Aoi, coverage?: Coverage): Aoi {
  const { lon, lat, radius } = aoi;
  if (!(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 85)) {
    throw badAoi(`${lon}, ${lat} is not a longitude and latitude of the map.`, { lon, lat });
  }
  if (!(radius > 0 && radius <= MAX_AOI_RADIUS)) {
    throw badAoi(`A radius of ${radius} m is not over 0 and at most ${MAX_AOI_RADIUS} m.`, { radius });
  }
  if (coverage?.contains(lon, lat) === false) {
    throw new GeoCropError('outside-coverage', `The centre ${lon}, ${lat} lies outside the covered area.`, {
      hint: `Covered are areas within ${coverage.bounds.map((degree) => degree.toFixed(3)).join(', ')} (west, south, east, north). Longitude comes first.`,
      context: { lon, lat },
    });
  }
  return aoi;
}

/** True where the point (degrees) is at most the radius away from the centre, on the ellipsoid. */
export function circleContains(aoi: Aoi, lon: number, lat: number): boolean {
  return groundDistance(aoi.lon, aoi.lat, lon, lat) <= aoi.radius;
}

/** A box in degrees that holds the circle, at most a thousandth of the radius wider. */
export function aoiBounds(aoi: Aoi): Bounds {
  const north = (aoi.radius / metresPerDegree(aoi.lat).lat) * 1.0001;
  // A degree of longitude is shortest on the side of the pole.
  const edge = Math.min(89, Math.abs(aoi.lat) + north);
  const east = (aoi.radius / metresPerDegree(edge).lon) * 1.0001;
  return [aoi.lon - east, aoi.lat - north, aoi.lon + east, aoi.lat + north];
}

function badAoi(message: string, context: Record<string, string | number>): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: 'Give lon,lat,radius_m: degrees, degrees, metres (at most 5000), for example 31.05,-17.83,2000.',
    context,
  });
}
