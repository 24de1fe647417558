/** Statistics of a list that is not empty; all in the unit of the values. */
export interface Statistics {
  readonly peak: number;
  readonly min: number;
  readonly mean: number;
  /** Population standard deviation: divided by n. */
  readonly std: number;
}

export function statistics(values: readonly number[]): Statistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    peak: Math.max(...values),
    min: Math.min(...values),
    mean,
    std: Math.sqrt(squares / values.length),
  };
}

/** The middle value of a list that is not empty; for an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}
