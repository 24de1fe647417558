import type { MultiPolygon, Polygon, Position } from 'geojson';

type Bounds = readonly [west: number, south: number, east: number, north: number];

/** A box as geometry: two polygons where it crosses the antimeridian (its west is greater than its east). */
export function boundsGeometry(bounds: Bounds): Polygon | MultiPolygon {
  const [west, south, east, north] = bounds;
  if (west <= east) return { type: 'Polygon', coordinates: [ring(bounds)] };
  return {
    type: 'MultiPolygon',
    coordinates: [[ring([-180, south, east, north])], [ring([west, south, 180, north])]],
  };
}

/** Anticlockwise (RFC 7946, section 3.1.6), from the south-west. */
function ring([west, south, east, north]: Bounds): Position[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}
