import { LatencyHistogram, type HistogramCounts } from './histogram.js';
import type { Answer } from './http-get.js';

/** What is counted of a header's values. */
export const COUNTED_HEADERS = ['x-geocrop-cache', 'x-geocrop-tile', 'x-cache-status'] as const;

/** What came back, as it travels between processes. */
export interface TallyReport {
  /** Answers that came whole. */
  readonly answers: number;
  /** Requests without an answer: refused, cut, or not there when the measurement ended. By reason. */
  readonly failures: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** `header: value`, over all answers. */
  readonly headers: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** From when a request was due; one that failed counts with the time that it had taken by then. */
  readonly latency: HistogramCounts;
}

/** Counts answers of one kind of request. */
export class Tally {
  readonly #statuses = new Map<string, number>();
  readonly #headers = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly latency = new LatencyHistogram();
  #answers = 0;
  #bytes = 0;

  answer({ status, headers, bytes }: Answer, latencyMs: number): void {
    this.#answers += 1;
    this.#bytes += bytes;
    up(this.#statuses, String(status));
    for (const name of COUNTED_HEADERS) {
      const value = headers[name];
      if (value !== undefined) up(this.#headers, `${name}: ${String(value)}`);
    }
    this.latency.record(latencyMs);
  }

  failure(reason: string, latencyMs: number): void {
    up(this.#failures, reason);
    this.latency.record(latencyMs);
  }

  report(): TallyReport {
    return {
      answers: this.#answers,
      failures: Object.fromEntries(this.#failures),
      statuses: Object.fromEntries(this.#statuses),
      headers: Object.fromEntries(this.#headers),
      bytes: this.#bytes,
      latency: this.latency.counts(),
    };
  }
}

function up(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
