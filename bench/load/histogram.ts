/** Buckets in which a power of two is divided: a quantile is at most 1/64 above the true one. */
const SUB_BUCKETS = 64;
const SUB_BITS = Math.log2(SUB_BUCKETS);
/** A day and a half in microseconds; what takes longer counts as that. */
const MOST = 2 ** 37;

/** A histogram as it travels between processes: counts by bucket. */
export interface HistogramCounts {
  readonly counts: readonly (readonly [bucket: number, count: number])[];
  readonly sumMs: number;
  readonly maxMs: number;
}

/**
 * Latencies by bucket, as HdrHistogram has them: whole microseconds up to 64 µs, then 64 buckets for each power of two.
 * Memory is bounded however many are counted, and the error is relative: 1.6 % at a millisecond and at a minute.
 */
export class LatencyHistogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  static from(...parts: readonly HistogramCounts[]): LatencyHistogram {
    const all = new LatencyHistogram();
    for (const part of parts) all.add(part);
    return all;
  }

  /** @param ms zero or more */
  record(ms: number, times = 1): void {
    if (!(ms >= 0)) throw new RangeError(`a latency of ${ms} ms`);
    const bucket = bucketOf(ms * 1000);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + times);
    this.#count += times;
    this.#sumMs += ms * times;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  add(part: HistogramCounts): void {
    for (const [bucket, count] of part.counts) {
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
      this.#count += count;
    }
    this.#sumMs += part.sumMs;
    this.#maxMs = Math.max(this.#maxMs, part.maxMs);
  }

  get count(): number {
    return this.#count;
  }

  /** Milliseconds; NaN where nothing was counted. */
  get meanMs(): number {
    return this.#count === 0 ? NaN : this.#sumMs / this.#count;
  }

  /** Exact; NaN where nothing was counted. */
  get maxMs(): number {
    return this.#count === 0 ? NaN : this.#maxMs;
  }

  /**
   * Milliseconds that this share of all latencies does not exceed (nearest rank), up to its bucket's end; NaN where nothing was counted.
   * @param share from 0 to 1
   */
  quantile(share: number): number {
    if (this.#count === 0) return NaN;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      seen += this.#counts.get(bucket) ?? 0;
      if (seen >= rank) return Math.min(upperEdge(bucket) / 1000, this.#maxMs);
    }
    return this.#maxMs;
  }

  /** Share of latencies that took longer, from 0 to 1; within the width of a bucket. */
  shareAbove(ms: number): number {
    const limit = bucketOf(ms * 1000);
    let above = 0;
    for (const [bucket, count] of this.#counts) if (bucket > limit) above += count;
    return this.#count === 0 ? NaN : above / this.#count;
  }

  counts(): HistogramCounts {
    return { counts: [...this.#counts], sumMs: this.#sumMs, maxMs: this.#maxMs };
  }
}

function bucketOf(microseconds: number): number {
  const whole = Math.min(MOST, Math.ceil(microseconds));
  if (whole < SUB_BUCKETS) return whole;
  const power = Math.floor(Math.log2(whole)) - SUB_BITS;
  return SUB_BUCKETS * (power + 1) + (Math.floor(whole / 2 ** power) - SUB_BUCKETS);
}

/** The largest whole number of microseconds that falls into the bucket. */
function upperEdge(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const power = Math.floor(bucket / SUB_BUCKETS) - 1;
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS) + 1) * 2 ** power - 1;
}
