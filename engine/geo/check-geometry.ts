import { GeoCropError } from '../errors.js';
import type { Area } from './polygon.js';

/** Characters of what somebody sent that a message shows. */
const MOST_SHOWN = 40;

/** What is wrong with a value that should be a GeoJSON Polygon or MultiPolygon in degrees (RFC 7946, 3.1.6), or null. */
export function areaProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'is not a GeoJSON geometry';
  const { type, coordinates } = value as { type?: unknown; coordinates?: unknown };
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    return `is ${typeof type === 'string' ? `a ${type.slice(0, MOST_SHOWN)}` : 'without a type'}; a Polygon or MultiPolygon is needed`;
  }
  if (!Array.isArray(coordinates) || coordinates.length === 0) return 'has no coordinates';
  const polygons: unknown[] = type === 'Polygon' ? [coordinates] : coordinates;
  for (const rings of polygons) {
    if (!Array.isArray(rings) || rings.length === 0) return 'has a polygon without rings';
    for (const ring of rings) {
      const problem = ringProblem(ring);
      if (problem !== null) return problem;
    }
  }
  return null;
}

/** The value as an area; throws `bad-request` with the reason. `what` names it: "Field 3's geometry". */
export function checkArea(value: unknown, what = 'The geometry'): Area {
  const problem = areaProblem(value);
  if (problem !== null) {
    throw new GeoCropError('bad-request', `${what} ${problem}.`, {
      hint: 'Give GeoJSON polygons in longitude and latitude (EPSG:4326).',
    });
  }
  return value as Area;
}

function ringProblem(ring: unknown): string | null {
  if (!Array.isArray(ring)) return 'has a ring that is not a list of positions';
  if (ring.length < 4) return `has a ring of ${ring.length} positions; four or more are needed`;
  for (const position of ring) {
    if (!Array.isArray(position)) return 'has a position that is not a list of numbers';
    const [lon, lat] = position as unknown[];
    if (
      typeof lon !== 'number' ||
      typeof lat !== 'number' ||
      !Number.isFinite(lon) ||
      !Number.isFinite(lat)
    ) {
      return 'has a position that is not two numbers';
    }
    if (Math.abs(lon) > 180 || Math.abs(lat) > 90) {
      return `has a position (${lon}, ${lat}) that is not a longitude and latitude in degrees`;
    }
  }
  const [first, last] = [ring[0], ring.at(-1)] as [number[], number[]];
  if (first[0] !== last[0] || first[1] !== last[1]) return 'has a ring whose last position is not its first';
  return null;
}
