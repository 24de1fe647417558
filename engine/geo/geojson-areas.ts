import type { MultiPolygon, Polygon, Position } from 'geojson';
import { GeoCropError } from '../errors.js';
import { areaProblem } from './check-geometry.js';
import { areaContains, type Area } from './polygon.js';
import { findCrossing } from './ring-crossings.js';

/**
 * The polygons of a GeoJSON document, one by one: of a Polygon, a MultiPolygon, a GeometryCollection of them, a Feature or a FeatureCollection
 * (RFC 7946). Their union is the area; the direction of rings does not matter. Only the form is checked here.
 * @throws bad-request with the place of what is wrong, and where there are more positions than `most`
 */
export function polygonsOfGeoJson(document: unknown, most: number): readonly Polygon[] {
  const found = geometriesOf(document, 'The body', 0);
  if (found.length === 0) throw wrong('The body has no polygon.');
  let positions = 0;
  return found.flatMap(({ geometry, what }) => {
    const problem = areaProblem(geometry);
    if (problem !== null) throw wrong(`${what} ${problem}.`);
    const parts = partsOf(geometry as Area);
    for (const ring of parts.flat()) positions += ring.length;
    if (positions > most) {
      throw new GeoCropError('area-too-large', `The area has more than ${most} vertices.`, {
        hint: 'Simplify its outline: a pixel is 9 m, so that vertices closer than that say nothing. For example ogr2ogr -simplify 0.0001.',
        context: { most },
      });
    }
    return parts.map((coordinates): Polygon => ({ type: 'Polygon', coordinates }));
  });
}

/**
 * What is wrong with a polygon that has the right form, or null: edges that cross, or a hole outside of its outer ring.
 */
export function polygonProblem({ coordinates: rings }: Polygon): string | null {
  const crossing = findCrossing(rings);
  if (crossing !== null) {
    return `has an outline that crosses itself at ${place(crossing.lon, crossing.lat)}`;
  }
  const [outer = [], ...holes] = rings;
  const shell: Polygon = { type: 'Polygon', coordinates: [outer] };
  for (const [at, hole] of holes.entries()) {
    // Nothing crosses, so one place inside decides for all; corners may lie on the shell.
    if (placesOn(hole).some(([x = NaN, y = NaN]) => areaContains(shell, x, y))) continue;
    const [lon = NaN, lat = NaN] = hole[0] ?? [];
    return `has a hole (ring ${at + 2}) outside of its outer ring, at ${place(lon, lat)}; make it a polygon of its own`;
  }
  return null;
}

interface Found {
  readonly geometry: unknown;
  /** How it is called in a message. */
  readonly what: string;
}

/** Deeper collections are nobody's maps. */
const MOST_DEPTH = 4;

function geometriesOf(document: unknown, what: string, depth: number): readonly Found[] {
  if (depth > MOST_DEPTH) throw wrong(`${what} is a collection in collections.`);
  const { type, features, geometry, geometries } = (document ?? {}) as Record<string, unknown>;
  switch (type) {
    case 'Feature':
      return geometriesOf(geometry, depth === 0 ? 'The geometry' : what, depth + 1);
    case 'FeatureCollection':
      return listOf(features, what, 'features').flatMap((feature, at) =>
        geometriesOf(feature, `Feature ${at + 1}`, depth + 1),
      );
    case 'GeometryCollection':
      return listOf(geometries, what, 'geometries').flatMap((part, at) =>
        geometriesOf(part, `${what.replace(/,$/, '')}, geometry ${at + 1},`, depth + 1),
      );
    default:
      return [{ geometry: document, what: what === 'The body' ? 'The geometry' : what }];
  }
}

function listOf(value: unknown, what: string, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${what} has no list of ${name}.`);
}

const partsOf = (area: Area): MultiPolygon['coordinates'] =>
  area.type === 'Polygon' ? [area.coordinates] : area.coordinates;

/** Corners, and the middles of edges. */
function placesOn(ring: readonly Position[]): readonly Position[] {
  return ring.flatMap((position, at) => {
    const [x = NaN, y = NaN] = position;
    const [nextX = x, nextY = y] = ring[at + 1] ?? [];
    return [position, [(x + nextX) / 2, (y + nextY) / 2]];
  });
}

const place = (lon: number, lat: number): string => `${Number(lon.toFixed(6))}, ${Number(lat.toFixed(6))}`;

function wrong(message: string): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: 'Send GeoJSON polygons in longitude and latitude (EPSG:4326): a Polygon, a MultiPolygon, a Feature or a FeatureCollection.',
  });
}
