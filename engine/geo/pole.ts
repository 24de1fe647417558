import polylabel from 'polylabel';
import { metresPerDegree } from './ground.js';
import { areaBounds, type Area } from './polygon.js';

/** Metres: a tenth of a map pixel, so that the pole's pixel does not depend on how long was searched. */
const PRECISION = 1;

/**
 * The point of an area that is furthest from its border, in metres on the ground: what stands for a field. Of several
 * polygons, that of the one with the most room around it. @returns [lon, lat] in degrees
 */
export function poleOfInaccessibility(area: Area): [number, number] {
  const [west, south, east, north] = areaBounds(area);
  const origin = { lon: (west + east) / 2, lat: (south + north) / 2 };
  const scale = metresPerDegree(origin.lat);
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  let best: { x: number; y: number; room: number } | undefined;
  for (const rings of polygons) {
    const metres = rings.map((ring) =>
      ring.map(([lon = NaN, lat = NaN]) => [(lon - origin.lon) * scale.lon, (lat - origin.lat) * scale.lat]),
    );
    const pole = polylabel(metres, PRECISION);
    if (best === undefined || pole.distance > best.room)
      best = { x: pole[0], y: pole[1], room: pole.distance };
  }
  if (best === undefined) throw new RangeError('area without polygons');
  return [origin.lon + best.x / scale.lon, origin.lat + best.y / scale.lat];
}
