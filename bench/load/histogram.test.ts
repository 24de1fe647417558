import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from './arrivals.js';
import { LatencyHistogram } from './histogram.js';

const SHARES = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

/** Nearest rank. */
function exact(sorted: readonly number[], share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? NaN;
}

describe('a histogram of latencies', () => {
  const random = seededRandom(7);
  const spreads: Readonly<Record<string, () => number>> = {
    'even, up to 10 ms': () => 10 * random(),
    'from microseconds to minutes': () => 10 ** (8 * random() - 3),
    'mostly fast, some very slow': () => (random() < 0.98 ? 1 + random() : 5000 * random()),
    'all the same': () => 12.5,
    'whole microseconds below 64': () => Math.floor(64 * random()) / 1000,
  };
  for (const [name, draw] of Object.entries(spreads)) {
    test(`quantiles are within 1.6 % of the exact ones: ${name}`, () => {
      const histogram = new LatencyHistogram();
      const all = Array.from({ length: 20_000 }, draw);
      for (const ms of all) histogram.record(ms);
      all.sort((a, b) => a - b);
      for (const share of SHARES) {
        const [got, expected] = [histogram.quantile(share), exact(all, share)];
        assert.ok(got >= expected * (1 - 1e-12), `${share}: ${got} is below ${expected}`);
        // A microsecond is the finest that it tells apart.
        assert.ok(got <= expected * (1 + 1 / 64) + 0.001, `${share}: ${got} is far above ${expected}`);
      }
      assert.equal(histogram.maxMs, all.at(-1));
      assert.equal(histogram.count, all.length);
      assert.ok(Math.abs(histogram.meanMs - all.reduce((sum, ms) => sum + ms, 0) / all.length) < 1e-6);
    });
  }

  test('parts of several processes add up to the whole', () => {
    const [whole, one, two] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()];
    for (let i = 0; i < 1000; i += 1) {
      const ms = 100 * random() ** 4;
      whole.record(ms);
      (i % 3 === 0 ? one : two).record(ms);
    }
    const travelled = [one, two].map(
      (part) => JSON.parse(JSON.stringify(part.counts())) as ReturnType<typeof part.counts>,
    );
    const together = LatencyHistogram.from(...travelled);
    for (const share of SHARES) assert.equal(together.quantile(share), whole.quantile(share));
    assert.equal(together.count, whole.count);
    assert.equal(together.maxMs, whole.maxMs);
  });

  test('the share above a limit', () => {
    const histogram = new LatencyHistogram();
    histogram.record(10, 95);
    histogram.record(200, 5);
    assert.equal(histogram.shareAbove(50), 0.05);
    assert.equal(histogram.shareAbove(1000), 0);
    assert.equal(histogram.shareAbove(1), 1);
  });

  test('nothing counted is no number; what is no latency is refused', () => {
    const histogram = new LatencyHistogram();
    assert.ok(Number.isNaN(histogram.quantile(0.5)) && Number.isNaN(histogram.maxMs));
    assert.throws(() => histogram.record(-1), RangeError);
    assert.throws(() => histogram.record(NaN), RangeError);
  });
});
