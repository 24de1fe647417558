/** A figure at a time. */
export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

export interface Trend {
  /** Of the value a second. */
  readonly slope: number;
  /** The slope over the time from the first to the last sample. */
  readonly growth: number;
  readonly median: number;
  readonly samples: number;
}

/**
 * The slope of samples by Theil and Sen: the median of the slopes between all pairs. Three in ten samples may be anything,
 * such as the peaks of a sawtooth, without moving it.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const slopes: number[] = [];
  for (const [i, from] of samples.entries()) {
    for (let j = i + 1; j < samples.length; j += 1) {
      const to = samples[j];
      if (to !== undefined && to.seconds > from.seconds) {
        slopes.push((to.value - from.value) / (to.seconds - from.seconds));
      }
    }
  }
  const slope = slopes.length === 0 ? 0 : median(slopes);
  const [first, last] = [samples[0], samples.at(-1)];
  const span = first === undefined || last === undefined ? 0 : last.seconds - first.seconds;
  return {
    slope,
    growth: slope * span,
    median: median(samples.map(({ value }) => value)),
    samples: samples.length,
  };
}

/** NaN of nothing. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}
