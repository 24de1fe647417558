import type { Polygon } from 'geojson';
import type { LonLat } from '../panel-host.js';

/** WGS 84: equatorial radius in metres, and the square of the eccentricity. */
const RADIUS = 6_378_137;
const E2 = 0.00669437999014;
const CORNERS = 72;
const DEGREE = Math.PI / 180;

/** Metres of a degree of longitude and of latitude at a latitude, on WGS 84. */
export function metresOfDegree(lat: number): readonly [lon: number, lat: number] {
  const w2 = 1 - E2 * Math.sin(lat * DEGREE) ** 2;
  return [
    ((DEGREE * RADIUS) / Math.sqrt(w2)) * Math.cos(lat * DEGREE),
    (DEGREE * RADIUS * (1 - E2)) / w2 ** 1.5,
  ];
}

/**
 * A circle on the ground as a polygon of the same area: its corners lie a little outside the radius, since its sides cut the arc.
 * @param radius metres; for distances over which the earth is flat, some tens of kilometres
 */
export function circle([lon, lat]: LonLat, radius: number): Polygon {
  const [perLon, perLat] = metresOfDegree(lat);
  const step = (2 * Math.PI) / CORNERS;
  const reach = radius * Math.sqrt(step / Math.sin(step));
  const ring = Array.from({ length: CORNERS }, (_, i) => [
    lon + (reach * Math.cos(i * step)) / perLon,
    lat + (reach * Math.sin(i * step)) / perLat,
  ]);
  return { type: 'Polygon', coordinates: [[...ring, ring[0] as number[]]] };
}
