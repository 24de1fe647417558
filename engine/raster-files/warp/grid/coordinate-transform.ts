import proj4 from 'proj4';
import { GeoCropError, messageOf } from '../../../errors.js';
import { MERCATOR_RADIUS } from '../../../geo/tile-matrix.js';
import { conformalTangent, meridianAngle, projectUtm, utmZone } from '../../../geo/utm.js';
import type { FileCrs } from '../../dataset.js';
import { WGS84, sameCrs } from './crs.js';

/** Changes points in place, the first `count` of each array; one that has no place in the other system becomes NaN, NaN. */
export type CoordinateTransform = (x: Float64Array, y: Float64Array, count: number) => void;

const DEGREES = 180 / Math.PI;
const RADIANS = Math.PI / 180;
/** PROJ lets longitudes overshoot by this much (radians) before it wraps them. */
const OVERSHOOT = 1e-12;
/** PROJ's exact transverse Mercator has no value further than this from the meridian (about 150°, as a part of the radius). */
const UTM_REACH = 2.623395162778 * 6378137 * 0.9996;

/**
 * As GDAL makes it of PROJ. EPSG:4326, EPSG:3857 and UTM on WGS 84 by the closed formulas, equal to PROJ within 1e-8 m; what else there
 * is by `proj4`, through WGS 84 degrees. Throws `unsupported-crs` where `proj4` does not know a projection.
 */
export function coordinateTransform(from: FileCrs, to: FileCrs): CoordinateTransform {
  if (sameCrs(from, to)) return () => undefined;
  const down = toDegrees(from);
  const up = fromDegrees(to);
  if (down === null) return up ?? (() => undefined);
  if (up === null) return down;
  return (x, y, count) => {
    down(x, y, count);
    up(x, y, count);
  };
}

/** EPSG:4326, and CRS84, which is the same with the axes as we have them. */
function isDegrees(crs: FileCrs): boolean {
  return crs.epsg === 4326 || (crs.epsg === null && crs.proj === WGS84.proj);
}

function toDegrees(crs: FileCrs): CoordinateTransform | null {
  if (isDegrees(crs)) return null;
  if (crs.epsg === 3857) return mercatorToDegrees;
  return byProj4(crs, 'forward');
}

function fromDegrees(crs: FileCrs): CoordinateTransform | null {
  if (isDegrees(crs)) return null;
  if (crs.epsg === 3857) return degreesToMercator;
  const zone = crs.epsg === null ? null : utmZone(crs.epsg);
  if (zone === null) return byProj4(crs, 'inverse');
  return (x, y, count) => {
    for (let i = 0; i < count; i++) {
      const lon = x[i] as number;
      const lat = y[i] as number;
      if (!(Math.abs(lat) <= 90)) {
        x[i] = NaN;
        y[i] = NaN;
        continue;
      }
      const angle = meridianAngle(zone, lon);
      projectUtm(zone, conformalTangent(Math.tan(lat * RADIANS)), Math.sin(angle), Math.cos(angle), x, y, i);
      if (!(Math.abs((x[i] as number) - 500000) <= UTM_REACH)) {
        x[i] = NaN;
        y[i] = NaN;
      }
    }
  };
}

function mercatorToDegrees(x: Float64Array, y: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    x[i] = wrap((x[i] as number) / MERCATOR_RADIUS) * DEGREES;
    y[i] = (Math.PI / 2 - 2 * Math.atan(Math.exp(-(y[i] as number) / MERCATOR_RADIUS))) * DEGREES;
  }
}

function degreesToMercator(x: Float64Array, y: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const lat = y[i] as number;
    if (!(Math.abs(lat) <= 90)) {
      x[i] = NaN;
      y[i] = NaN;
      continue;
    }
    x[i] = wrap((x[i] as number) * RADIANS) * MERCATOR_RADIUS;
    y[i] = Math.asinh(Math.tan(lat * RADIANS)) * MERCATOR_RADIUS;
  }
}

/** Radians, to −π … π. */
function wrap(longitude: number): number {
  if (Math.abs(longitude) < Math.PI + OVERSHOOT) return longitude;
  const turned = longitude + Math.PI;
  return turned - 2 * Math.PI * Math.floor(turned / (2 * Math.PI)) - Math.PI;
}

function byProj4(crs: FileCrs, direction: 'forward' | 'inverse'): CoordinateTransform {
  let converter: proj4.Converter;
  try {
    converter = proj4(crs.proj, 'WGS84');
  } catch (cause) {
    throw new GeoCropError('unsupported-crs', `The reference system ${crs.name} cannot be projected.`, {
      hint: 'Write the file in another reference system: gdalwarp -t_srs EPSG:3857.',
      context: { crs: crs.name, reason: messageOf(cause) },
      cause,
    });
  }
  return (x, y, count) => {
    for (let i = 0; i < count; i++) {
      let point: number[] | null = null;
      try {
        point = converter[direction]([x[i] as number, y[i] as number]);
      } catch {
        // No place in the other system; proj4 says so by throwing.
      }
      const [px, py] = point ?? [];
      const whole = Number.isFinite(px) && Number.isFinite(py);
      x[i] = whole ? (px as number) : NaN;
      y[i] = whole ? (py as number) : NaN;
    }
  };
}
