import { GeoCropError } from '../../../engine/errors.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import { isFloat } from '../../../engine/windows/cog-header.js';
import { dataTypeOf } from './data-types.js';

export type Histogram = readonly [counts: readonly number[], edges: readonly number[]];

/** numpy.histogram's own. */
export const DEFAULT_BINS = 10;
export const MAX_BINS = 10_000;

/**
 * `numpy.histogram` 2.4: as many even bins, or those between the given edges; the last one includes its right edge.
 * Even bins of float32 are computed in float32, as numpy does where no range is given.
 * @param sorted valid values, smallest first
 * @throws bad-request for bins or a range that make none
 */
export function histogram(
  sorted: NumberArray,
  bins: number | readonly number[] = DEFAULT_BINS,
  range?: readonly [number, number],
): Histogram {
  return typeof bins === 'number' ? evenBins(sorted, bins, range) : binsBetween(sorted, bins);
}

function refuse(parameter: string, message: string): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: 'histogram_bins is how many, or their edges; histogram_range is min,max; categorical is for whole numbers.',
    context: { parameter },
  });
}

function evenBins(sorted: NumberArray, bins: number, range?: readonly [number, number]): Histogram {
  if (!Number.isInteger(bins) || bins < 1 || bins > MAX_BINS) {
    throw refuse('histogram_bins', `${bins} bins cannot be made: there may be 1 to ${MAX_BINS}.`);
  }
  const single = sorted instanceof Float32Array;
  let [first, last] =
    range ?? (sorted.length === 0 ? [0, 1] : [sorted[0] as number, sorted.at(-1) as number]);
  if (!(Number.isFinite(first) && Number.isFinite(last) && first <= last)) {
    throw refuse('histogram_range', `The range from ${first} to ${last} cannot be divided into bins.`);
  }
  if (first === last) {
    first -= 0.5;
    last += 0.5;
    if (single && range === undefined) [first, last] = [Math.fround(first), Math.fround(last)];
  }
  // The type that numpy computes in: a range is given in float64, the data's own ends have the data's type.
  const own = single && range === undefined && sorted.length > 0;
  const edges = evenEdges(first, last, bins, own ? Math.fround : same, single ? Math.fround : same);
  for (let i = 0; i < bins; i++) {
    if ((edges[i] as number) >= (edges[i + 1] as number)) {
      throw refuse(
        'histogram_bins',
        `The values lie too close together for ${bins} bins. Ask for fewer, or give histogram_range.`,
      );
    }
  }
  return [countEven(sorted, edges, first, last, own), edges];
}

type Round = (value: number) => number;
const same: Round = (value) => value;

/** `numpy.linspace`. @param compute rounds each step of the arithmetic @param store rounds its result */
function evenEdges(first: number, last: number, bins: number, compute: Round, store: Round): number[] {
  const step = compute(compute(last - first) / bins);
  return Array.from({ length: bins + 1 }, (_, i) =>
    store(i === bins ? last : compute(compute(i * step) + first)),
  );
}

function countEven(
  sorted: NumberArray,
  edges: readonly number[],
  first: number,
  last: number,
  own: boolean,
): number[] {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  const round = own ? Math.fround : same;
  // Values of float32 are compared with ends of float32, and differences to them are float32 too.
  const [low, high] =
    sorted instanceof Float32Array ? [Math.fround(first), Math.fround(last)] : [first, last];
  const difference = sorted instanceof Float32Array ? Math.fround : same;
  const width = round(last - first);
  let previous = NaN;
  let bin = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    if (value < low || value > high) continue;
    if (value !== previous) {
      previous = value;
      bin = Math.trunc(round(round(difference(value - low) / width) * bins));
      if (bin === bins) bin -= 1;
      if (value < (edges[bin] as number)) bin -= 1;
      if (value >= (edges[bin + 1] as number) && bin !== bins - 1) bin += 1;
    }
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function binsBetween(sorted: NumberArray, edges: readonly number[]): Histogram {
  if (edges.length < 2 || edges.length - 1 > MAX_BINS) {
    throw refuse('histogram_bins', `${edges.length} edges: there may be 2 to ${MAX_BINS + 1}.`);
  }
  for (let i = 1; i < edges.length; i++) {
    if (!((edges[i - 1] as number) <= (edges[i] as number))) {
      throw refuse('histogram_bins', 'The edges of the bins must not decrease.');
    }
  }
  // Below the last edge: what lies left of it; at the last: what lies left of or on it.
  const below = edges.map((edge, at) => lowerBound(sorted, edge, at === edges.length - 1));
  return [below.slice(1).map((count, at) => count - (below[at] as number)), [...edges]];
}

/** How many values are below `edge`, or also on it. */
function lowerBound(sorted: NumberArray, edge: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] as number;
    if (value < edge || (inclusive && value === edge)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As many as 16 bits have: what holds more different values is not made of categories, and the answer would be as large as the file. */
export const MAX_CATEGORIES = 65_536;

/**
 * How often each category is there; without categories every value that is.
 * @param sorted valid values, smallest first
 * @throws bad-request for too many different values
 */
export function categories(sorted: NumberArray, wanted?: readonly number[]): Histogram {
  if (wanted !== undefined && wanted.length > 0) return countWanted(sorted, wanted);
  const keys: number[] = [];
  const counts: number[] = [];
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    const value = sorted[start] as number;
    while (end < sorted.length && sorted[end] === value) end += 1;
    if (keys.length === MAX_CATEGORIES) {
      throw refuse('categorical', `There are more than ${MAX_CATEGORIES} different values: no categories.`);
    }
    keys.push(value);
    counts.push(end - start);
  }
  return [counts, keys];
}

/** Categories are brought to the band's own type, as numpy casts: whole numbers by cutting. */
function countWanted(sorted: NumberArray, wanted: readonly number[]): Histogram {
  const cast = isFloat(dataTypeOf(sorted)) ? wanted : wanted.map(Math.trunc);
  const keys = new (sorted.constructor as new (values: readonly number[]) => NumberArray)(cast);
  const counts = Array.from(keys, (key) => lowerBound(sorted, key, true) - lowerBound(sorted, key, false));
  return [counts, Array.from(keys)];
}
