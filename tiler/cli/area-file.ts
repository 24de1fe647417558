import { GeoCropError } from '../../engine/errors.js';
import { areaProblem } from '../../engine/geo/check-geometry.js';
import type { Area } from '../../engine/geo/polygon.js';
import { readJsonInput } from './input-file.js';

/**
 * The polygons of a GeoJSON file, in degrees: a FeatureCollection, a Feature or a geometry.
 * @throws bad-request with the file, and the feature that is wrong
 */
export async function readAreaFile(path: string): Promise<readonly Area[]> {
  const document = await readJsonInput(path);
  const geometries = geometriesOf(document);
  if (geometries.length === 0) throw wrong(path, ' has no feature');
  return geometries.map((geometry, at) => {
    const problem = areaProblem(geometry);
    if (problem === null) return geometry as Area;
    throw wrong(path, geometries.length === 1 ? `: the area ${problem}` : `: feature ${at + 1} ${problem}`);
  });
}

/** RFC 7946, 3; what is none of its objects is checked, and refused, as a geometry. */
function geometriesOf(document: unknown): readonly unknown[] {
  const { type, features, geometry } = (document ?? {}) as Record<string, unknown>;
  if (type === 'Feature') return [geometry];
  if (type !== 'FeatureCollection') return [document];
  const list: readonly unknown[] = Array.isArray(features) ? features : [];
  return list.map((feature) => (feature as { geometry?: unknown } | null)?.geometry);
}

function wrong(path: string, what: string): GeoCropError {
  return new GeoCropError('bad-request', `${path}${what}.`, {
    hint: 'Give a GeoJSON file of polygons in longitude and latitude (EPSG:4326).',
    context: { path },
  });
}
