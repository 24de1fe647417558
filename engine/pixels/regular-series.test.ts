import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thirdsOf } from './features.js';
import { harmonics } from './harmonics.js';
import { interpolate, nodeCount, smooth, SMOOTHING_WEIGHTS } from './regular-series.js';

const close = (actual: readonly number[], expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-9, `${i}: ${value}`));
};

test('nodes lie every ten days, the last on or before the last day', () => {
  assert.deepEqual([273, 274, 184, 120, 121, 366].map(nodeCount), [28, 28, 19, 12, 13, 37]);
});

test('between observations the series is linear, before the first and after the last it is held', () => {
  close(interpolate([15, 35], [1, 3], 6), [1, 1, 1.5, 2.5, 3, 3]);
  close(interpolate([0, 10, 20], [5, 7, 6], 3), [5, 7, 6]);
});

test('smoothing keeps every parabola, also at the ends', () => {
  const parabola = Array.from({ length: 12 }, (_, k) => 0.3 - 0.02 * k + 0.004 * k * k);
  close(smooth(parabola), parabola);
});

test('the smoothing weights are those of Savitzky and Golay', () => {
  close(
    SMOOTHING_WEIGHTS[2]!,
    [-3, 12, 17, 12, -3].map((weight) => weight / 35),
  );
});

test('harmonics come back from the curve that they make, for the shortest season too', () => {
  for (const nodes of [12, 19, 28, 37]) {
    const omega = (2 * Math.PI * 10) / 365.25;
    const curve = Array.from(
      { length: nodes },
      (_, k) =>
        0.4 +
        0.2 * Math.cos(omega * k) -
        0.1 * Math.sin(omega * k) +
        0.05 * Math.cos(2 * omega * k) +
        0.03 * Math.sin(2 * omega * k),
    );
    close(harmonics(curve), [0.2, -0.1, 0.05, 0.03]);
  }
});

test("a season's thirds", () => {
  assert.deepEqual([28, 19, 12, 37].map(thirdsOf), [
    [10, 19],
    [7, 13],
    [4, 8],
    [13, 25],
  ]);
});
