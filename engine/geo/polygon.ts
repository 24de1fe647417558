import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { Bounds } from './tile-matrix.js';

/** Areas as GeoJSON has them, in degrees: outer rings and holes, told apart by the even-odd rule. */
export type Area = Polygon | MultiPolygon;

/** All rings, holes among them. */
export function ringsOf(area: Area): readonly Position[][] {
  return area.type === 'Polygon' ? area.coordinates : area.coordinates.flat();
}

/** True inside, holes left out. Of a shared border a point belongs to exactly one side. */
export function areaContains(area: Area, lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of ringsOf(area)) {
    forEachEdge(ring, (x1, y1, x2, y2) => {
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
    });
  }
  return inside;
}

/** True where the area and the box (degrees) have a point in common, borders among them. */
export function areaMeetsBox(area: Area, box: Bounds): boolean {
  const [west, south, east, north] = box;
  let meets = false;
  for (const ring of ringsOf(area)) {
    forEachEdge(ring, (x1, y1, x2, y2) => {
      // Nearly every edge lies on one side of the box.
      if ((x1 < west && x2 < west) || (x1 > east && x2 > east)) return;
      if ((y1 < south && y2 < south) || (y1 > north && y2 > north)) return;
      meets ||= segmentMeetsBox(x1, y1, x2, y2, box);
    });
    if (meets) return true;
  }
  // No edge comes near the box: it lies wholly inside or wholly outside.
  return areaContains(area, (west + east) / 2, (south + north) / 2);
}

/** [west, south, east, north] in degrees. */
export function areaBounds(area: Area): Bounds {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of ringsOf(area)) {
    for (const [lon = NaN, lat = NaN] of ring) {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  }
  return [west, south, east, north];
}

export function boxesMeet(a: Bounds, b: Bounds): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

/** A box as a polygon. */
export function boxArea([west, south, east, north]: Bounds): Polygon {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

/** Clips the segment's parameter range to the box (Liang and Barsky 1984); anything left means that they meet. */
function segmentMeetsBox(x1: number, y1: number, x2: number, y2: number, box: Bounds): boolean {
  const dx = x2 - x1;
  const dy = y2 - y1;
  let enter = 0;
  let leave = 1;
  for (const [step, room] of [
    [-dx, x1 - box[0]],
    [dx, box[2] - x1],
    [-dy, y1 - box[1]],
    [dy, box[3] - y1],
  ] as const) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) enter = Math.max(enter, room / step);
    else leave = Math.min(leave, room / step);
  }
  return enter <= leave;
}

function forEachEdge(
  ring: readonly Position[],
  visit: (x1: number, y1: number, x2: number, y2: number) => void,
): void {
  for (let at = 1; at < ring.length; at++) {
    const [x1 = NaN, y1 = NaN] = ring[at - 1] ?? [];
    const [x2 = NaN, y2 = NaN] = ring[at] ?? [];
    visit(x1, y1, x2, y2);
  }
}
