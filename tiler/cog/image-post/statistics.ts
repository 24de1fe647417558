import { GeoCropError } from '../../../engine/errors.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { BandStatistics, StatisticsOptions } from '../post.js';
import { categories, histogram, type Histogram } from './histogram.js';
import { pairwiseSum } from './pairwise-sum.js';
import { sortValues } from './sort-values.js';

export const DEFAULT_PERCENTILES: readonly number[] = [2, 98];

/**
 * Of each band, as rio-tiler's `get_array_statistics`: its sums rounded as numpy's, percentiles without interpolation (the
 * first value at which so many are reached), NaN and infinities not counted. All numbers of a band without a valid pixel are NaN.
 * @throws bad-request for percentiles beyond 0 to 100, bins or a range that make none
 */
export function statistics(image: Image, options: StatisticsOptions = {}): BandStatistics[] {
  const asked = options.percentiles ?? [];
  const percentiles = asked.length === 0 ? DEFAULT_PERCENTILES : asked;
  const odd = percentiles.find((percentile) => !(percentile >= 0 && percentile <= 100));
  if (odd !== undefined) {
    throw new GeoCropError('bad-request', `The percentile ${odd} does not lie between 0 and 100.`, {
      hint: 'Leave it out for 2 and 98.',
      context: { parameter: 'p' },
    });
  }
  return image.bands.map((values, band) =>
    bandStatistics(values, image.valid[band] as Uint8Array, percentiles, options),
  );
}

function bandStatistics(
  values: NumberArray,
  valid: Uint8Array,
  percentiles: readonly number[],
  options: StatisticsOptions,
): BandStatistics {
  const pixels = values.length;
  const kept = new Float64Array(pixels);
  const compressed = compress(values, valid, kept);
  const count = compressed.length;
  const sorted = sortValues(compressed);
  const sum = pairwiseSum(kept);
  const quantile = (part: number): number =>
    sorted[Math.min(count - 1, Math.max(0, Math.ceil(part * count) - 1))] ?? NaN;
  const unique = countRuns(sorted);
  return {
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    mean: count === 0 ? NaN : sum / count,
    count,
    sum: count === 0 ? 0 : sum,
    std: standardDeviation(compressed),
    median: quantile(0.5),
    majority: unique.majority,
    minority: unique.minority,
    unique: unique.count,
    ...Object.fromEntries(
      percentiles.map((percentile) => [`percentile_${Math.trunc(percentile)}`, quantile(percentile / 100)]),
    ),
    histogram: histogramOf(sorted, options),
    valid_percent: roundToCent(Math.min(count / pixels, 1) * 100),
    masked_pixels: pixels - count,
    valid_pixels: count,
  };
}

function histogramOf(sorted: NumberArray, options: StatisticsOptions): Histogram {
  if (options.categorical === true) return categories(sorted, options.categories);
  return histogram(sorted, options.histogramBins, options.histogramRange);
}

/** The values that count, in the band's type. @param kept takes them in place, 0 where none is */
function compress(values: NumberArray, valid: Uint8Array, kept: Float64Array): NumberArray {
  const out = values.slice();
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // The difference is NaN for NaN and infinities.
    if (valid[i] === 0 || value - value !== 0) continue;
    kept[i] = value;
    out[count++] = value;
  }
  return out.subarray(0, count);
}

/** Of all values, not of a sample: numpy's order of additions. */
function standardDeviation(values: NumberArray): number {
  if (values.length === 0) return NaN;
  const mean = pairwiseSum(values) / values.length;
  const squares = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) squares[i] = ((values[i] as number) - mean) ** 2;
  return Math.sqrt(pairwiseSum(squares) / values.length);
}

/** How many different values there are, and which is most and least frequent; the smallest of several. */
function countRuns(sorted: NumberArray): { count: number; majority: number; minority: number } {
  let count = 0;
  let [majority, minority, most, least] = [NaN, NaN, 0, Infinity];
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    const value = sorted[start] as number;
    while (end < sorted.length && sorted[end] === value) end += 1;
    count += 1;
    if (end - start > most) [most, majority] = [end - start, value];
    if (end - start < least) [least, minority] = [end - start, value];
  }
  return { count, majority, minority };
}

/** Two decimals as Python's `round`: exact halves, which are eighths, go to the even neighbour. */
function roundToCent(value: number): number {
  const eighths = value * 8;
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return Number(value.toFixed(2));
  const down = Math.floor(value * 100);
  return (down % 2 === 0 ? down : down + 1) / 100;
}
