import { GeoCropError } from '../../engine/errors.js';
import { areaProblem } from '../../engine/geo/check-geometry.js';
import { poleOfInaccessibility } from '../../engine/geo/pole.js';
import type { Area } from '../../engine/geo/polygon.js';

/** One row of a training table before its features are known. */
export interface LabelledPoint {
  readonly id: string;
  readonly lon: number;
  readonly lat: number;
  readonly label: string;
  /** What groups the points of one field, so that a split never puts a field on both sides. */
  readonly field: string;
  readonly year: number;
}

export interface PointsOptions {
  /** For all points; or the name of the property that has it. */
  readonly year: number | { readonly field: string };
}

interface Feature {
  readonly id?: unknown;
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null;
  readonly properties?: Readonly<Record<string, unknown>> | null;
}

/**
 * The points of a GeoJSON FeatureCollection: points as they are, polygons by their pole of inaccessibility (docs/features.md
 * section 1). Properties `label`, `field` and `id` are used where they are there.
 * @throws bad-request naming the feature and what is wrong with it
 */
export function readLabelledPoints(json: unknown, options: PointsOptions): LabelledPoint[] {
  const features = (json as { features?: unknown } | null)?.features;
  if (!Array.isArray(features)) throw malformed('The file is no GeoJSON FeatureCollection.');
  return (features as Feature[]).map((feature, place) => {
    const id = text(feature.properties?.['id'] ?? feature.id) ?? String(place);
    const [lon, lat] = placeOf(feature, id);
    const label = text(feature.properties?.['label'] ?? feature.properties?.['class']) ?? '';
    return {
      id,
      lon,
      lat,
      label,
      field: text(feature.properties?.['field']) ?? id,
      year: yearOf(feature, id, options),
    };
  });
}

function placeOf(feature: Feature, id: string): [number, number] {
  const { geometry } = feature;
  if (geometry?.type === 'Point' && Array.isArray(geometry.coordinates)) {
    const [lon, lat] = geometry.coordinates as unknown[];
    if (typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 85)
      return [lon, lat];
    throw malformed(`Feature ${id}: a point needs longitude and latitude in degrees, longitude first.`);
  }
  const problem = areaProblem(geometry);
  if (problem !== null) throw malformed(`Feature ${id}: ${problem}`);
  return poleOfInaccessibility(geometry as Area);
}

function yearOf(feature: Feature, id: string, { year }: PointsOptions): number {
  if (typeof year === 'number') return year;
  const value = Number(feature.properties?.[year.field] ?? NaN);
  if (!Number.isInteger(value)) throw malformed(`Feature ${id}: property "${year.field}" is no year.`);
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function malformed(message: string): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: 'Points or polygons in longitude and latitude, with a property "label".',
  });
}
