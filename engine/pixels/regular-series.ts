import { leastSquaresProjection } from './least-squares.js';

/** Days between the nodes of the regular series. */
export const NODE_STEP_DAYS = 10;
/** Savitzky-Golay window, in nodes, and the order of its polynomial. */
export const SMOOTHING_WINDOW = 5;
const SMOOTHING_ORDER = 2;

/** Number of nodes K of a season of `days` days: t_k = 10 k for k = 0 … K − 1, the last on or before the last day. */
export function nodeCount(days: number): number {
  return Math.floor((days - 1) / NODE_STEP_DAYS) + 1;
}

/**
 * Weights of Savitzky and Golay 1964 (doi:10.1021/ac60214a047): row j gives the value at place j of the window of the
 * parabola fitted to its five values. Row 2 smooths; rows 0, 1, 3 and 4 serve the ends, as SciPy's `mode="interp"`.
 */
export const SMOOTHING_WEIGHTS: readonly (readonly number[])[] = smoothingWeights();

function smoothingWeights(): number[][] {
  const places = Array.from({ length: SMOOTHING_WINDOW }, (_, place) => place - (SMOOTHING_WINDOW - 1) / 2);
  const powers = Array.from({ length: SMOOTHING_ORDER + 1 }, (_, power) => power);
  const design = places.map((x) => powers.map((power) => x ** power));
  const projection = leastSquaresProjection(design);
  return design.map((row) =>
    places.map((_, j) => row.reduce((sum, value, power) => sum + value * projection[power]![j]!, 0)),
  );
}

/**
 * r_k: the series at the nodes, linear between the observations on either side, held before the first and after the last.
 * @param t days since the season's first day, rising; @param values one for each t, at least one
 */
export function interpolate(t: readonly number[], values: readonly number[], nodes: number): number[] {
  const last = t.length - 1;
  return Array.from({ length: nodes }, (_, k) => {
    const day = k * NODE_STEP_DAYS;
    const after = t.findIndex((observed) => observed >= day);
    if (after === -1) return values[last]!;
    if (after === 0) return values[0]!;
    const before = after - 1;
    const slope = (values[after]! - values[before]!) / (t[after]! - t[before]!);
    return values[before]! + slope * (day - t[before]!);
  });
}

/** s_k: r smoothed by Savitzky-Golay, window 5, order 2; the two nodes at each end from the first and last five nodes. */
export function smooth(r: readonly number[]): number[] {
  const half = (SMOOTHING_WINDOW - 1) / 2;
  return r.map((_, k) => {
    const from = Math.min(Math.max(k - half, 0), r.length - SMOOTHING_WINDOW);
    return SMOOTHING_WEIGHTS[k - from]!.reduce((sum, weight, j) => sum + weight * r[from + j]!, 0);
  });
}
