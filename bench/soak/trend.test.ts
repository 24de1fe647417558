import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../load/arrivals.js';
import { median, trendOf, type Sample } from './trend.js';

const samples = (value: (seconds: number) => number, count = 300): Sample[] =>
  Array.from({ length: count }, (_, seconds) => ({ seconds, value: value(seconds) }));

describe('the trend of samples', () => {
  const random = seededRandom(11);

  test('a straight line is its slope, however noisy', () => {
    const {
      slope,
      growth,
      samples: count,
    } = trendOf(samples((at) => 500 + 0.5 * at + 40 * (random() - 0.5)));
    assert.ok(Math.abs(slope - 0.5) < 0.02, String(slope));
    assert.ok(Math.abs(growth - 0.5 * 299) < 6, String(growth));
    assert.equal(count, 300);
  });

  test('a sawtooth that comes back has none', () => {
    const { growth } = trendOf(samples((at) => 500 + (at % 30) * 4));
    assert.ok(Math.abs(growth) < 120 / 4, String(growth));
  });

  test('peaks do not move it: one sample in five is anything', () => {
    const { growth } = trendOf(samples((at) => (random() < 0.2 ? 5000 * random() : 400 + 0.1 * at)));
    assert.ok(Math.abs(growth - 30) < 15, String(growth));
  });

  test('a leak below a sawtooth is seen', () => {
    const { growth } = trendOf(samples((at) => 500 + (at % 30) * 4 + 0.3 * at));
    assert.ok(growth > 80, String(growth));
  });

  test('of one sample, or none', () => {
    assert.deepEqual([trendOf(samples(() => 7, 1)).growth, trendOf(samples(() => 7, 1)).median], [0, 7]);
    assert.ok(Number.isNaN(trendOf([]).median));
  });

  test('the median', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
  });
});
