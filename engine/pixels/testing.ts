import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AssetName, Band } from '../scenes/scene.js';
import { FEATURE_ORDER_V1 } from './feature-order.js';
import { reflectanceOf } from './reflectance.js';

/** One pixel of fixtures/series.json. Expected numbers are null where the feature is NaN. */
export interface SeriesCase {
  readonly name: string;
  readonly nodes: number;
  readonly t: readonly number[];
  readonly scale: number;
  readonly offset: number;
  readonly dn: Readonly<Partial<Record<Band, readonly number[]>>>;
  readonly expected: readonly (number | null)[];
}

/** fixtures/stack.json: scenes of several dates on two grids, and what they give at 120 points. */
export interface StackCase {
  readonly nodes: number;
  readonly nodata: number;
  readonly cloudBufferPixels: number;
  readonly grids: Readonly<Record<string, { x0: number; y0: number; res: number; size: number }>>;
  readonly gridOf: Readonly<Record<AssetName, string>>;
  readonly scenes: readonly {
    readonly id: string;
    readonly t: number;
    readonly baseline: number;
    readonly scale: number;
    readonly offset: number;
    readonly scl: readonly number[];
    readonly bands: Readonly<Record<Band, readonly number[]>>;
  }[];
  readonly easting: readonly number[];
  readonly northing: readonly number[];
  readonly observations: readonly number[];
  readonly expected: readonly (readonly (number | null)[])[];
}

/** fixtures/real-pixels.json: feature values at pixels of scenes that are not committed. */
export interface RealCase {
  /** Below shared/data. */
  readonly folder: string;
  /** `YYYY-MM-DD` of the season's first day. */
  readonly seasonStart: string;
  readonly days: number;
  readonly nodes: number;
  readonly bands: readonly Band[];
  /** File name of each band, without extension. */
  readonly assets: Readonly<Partial<Record<Band, string>>>;
  readonly scl: boolean;
  readonly cloudBufferPixels: number;
  readonly pixels: readonly {
    readonly row: number;
    readonly column: number;
    readonly observations: number;
    readonly expected: readonly (number | null)[];
  }[];
}

interface Expectations {
  'series.json': { readonly features: readonly string[]; readonly cases: readonly SeriesCase[] };
  'stack.json': StackCase;
  'real-pixels.json': { readonly sets: readonly RealCase[] };
}

/** What numpy gave: made by fixtures/make_expectations.py. */
export function expectations<Name extends keyof Expectations>(name: Name): Expectations[Name] {
  const text = readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
  return JSON.parse(text) as Expectations[Name];
}

/** Reflectances of a case, by band. */
export function reflectancesOf(test: SeriesCase): Partial<Record<Band, number[]>> {
  return Object.fromEntries(
    Object.entries(test.dn).map(([band, dn]) => [
      band,
      dn.map((value) => reflectanceOf(value, test.scale, test.offset)),
    ]),
  );
}

/** How close is equal: docs/features.md section 7. Days, NDVI · days, and everything else. */
const DATES = new Set(['ndvi_sos', 'ndvi_pos', 'ndvi_eos', 'ndvi_los']);
const INTEGRALS = new Set(['ndvi_auc', 'ndvi_auc_season']);

export function toleranceOf(feature: string): number {
  if (DATES.has(feature)) return 0.05;
  return INTEGRALS.has(feature) ? 0.02 : 1e-4;
}

/** All 51 within tolerance, NaN exactly where `expected` is null or NaN. */
export function assertFeatures(
  actual: ArrayLike<number>,
  expected: ArrayLike<number | null>,
  what: string,
): void {
  assert.equal(actual.length, FEATURE_ORDER_V1.length, what);
  assert.equal(expected.length, FEATURE_ORDER_V1.length, what);
  FEATURE_ORDER_V1.forEach((feature, i) => {
    const [got, wanted] = [actual[i]!, expected[i] ?? NaN];
    const equal = Number.isNaN(wanted) ? Number.isNaN(got) : Math.abs(got - wanted) <= toleranceOf(feature);
    assert.ok(equal, `${what}: ${feature} is ${got}, expected ${wanted}`);
  });
}
