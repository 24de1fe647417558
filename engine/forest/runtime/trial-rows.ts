import type { Forest } from '../forest.js';
import { nextDown } from '../round-threshold.js';

/** One row in so many has a value that is no number, or no finite one. */
const ODD_ROWS = 32;
const ODD_VALUES = [NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 1e-40] as const;

/**
 * Rows that try a forest's branches out: each value is one of its column's thresholds, a float32 step beside one, or between two
 * neighbours. Always the same for the same forest.
 * @returns float32, row-major, [count][columns]
 */
export function trialRowsOf(forest: Forest, count: number): Float32Array {
  const { columns, feature, threshold } = forest;
  const thresholds = Array.from({ length: columns }, (): number[] => []);
  feature.forEach((column, node) => thresholds[column]!.push(threshold[node]!));
  for (const own of thresholds) own.sort((a, b) => a - b);
  const random = minimalStandard(columns + feature.length);
  const below = (n: number) => Math.floor(random() * n);

  const rows = new Float32Array(count * columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      const own = thresholds[column]!;
      if (own.length > 0) rows[row * columns + column] = around(own, below(own.length), below(5));
    }
    if (row % ODD_ROWS === 0) rows[row * columns + below(columns)] = ODD_VALUES[below(ODD_VALUES.length)]!;
  }
  return rows;
}

/** A value at a threshold, a step above or below it, or halfway to the one before or after it. */
function around(thresholds: readonly number[], place: number, way: number): number {
  const t = thresholds[place]!;
  if (way === 0) return t;
  if (way === 1) return nextDown(t);
  if (way === 2) return -nextDown(-t);
  const other = thresholds[way === 3 ? place - 1 : place + 1] ?? (way === 3 ? t - 1 : t + 1);
  return (t + other) / 2;
}

/** Numbers in [0, 1): Park and Miller's minimal standard generator. */
function minimalStandard(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
