import type { Polygon, Position } from 'geojson';
import { ZIMBABWE_RING } from './zimbabwe-outline.js';

/** The country's border at 1:10 million, within half a kilometre. */
export function zimbabwe(): Polygon {
  const ring: Position[] = [];
  for (let at = 0; at < ZIMBABWE_RING.length; at += 2) {
    ring.push([ZIMBABWE_RING[at] as number, ZIMBABWE_RING[at + 1] as number]);
  }
  return { type: 'Polygon', coordinates: [ring] };
}
