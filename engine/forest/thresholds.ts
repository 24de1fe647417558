import type { Forest } from './forest.js';

/** The thresholds of a forest by column, each ascending and without repetition. */
export type Thresholds = readonly Float32Array[];

export function thresholdsOf({ columns, feature, threshold }: Forest): Thresholds {
  const found = Array.from({ length: columns }, () => new Set<number>());
  for (let node = 0; node < feature.length; node++) found[feature[node]!]!.add(threshold[node]!);
  return found.map((values) => Float32Array.from(values).sort());
}

/** How many thresholds are below x. Values of one rank take the same way at every branch, since x <= t goes left. */
export function rankOf(thresholds: Float32Array, x: number): number {
  let [from, to] = [0, thresholds.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (thresholds[middle]! < x) from = middle + 1;
    else to = middle;
  }
  return from;
}
