import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, seededRandom } from '../kernels/testing.js';
import { nextDown, thresholdOfLess, thresholdOfLessOrEqual } from './round-threshold.js';

const random = seededRandom(5);
const doubles = [
  0,
  -0,
  0.1,
  -0.1,
  1e-45,
  -1e-46,
  1e-320,
  3.5e38,
  -3.5e38,
  Infinity,
  ...Array.from({ length: 500 }, () => (random() - 0.5) * 10 ** between(random, -40, 38)),
];
/** Float32 values around a number. */
const around = (t: number) => {
  const near = Math.fround(t);
  return [near, nextDown(near), -nextDown(-near), 0, -Infinity, Infinity];
};

test('a float32 value decides against the rounded threshold as it did against the double', () => {
  for (const t of doubles) {
    for (const x of around(t)) {
      assert.equal(x <= thresholdOfLessOrEqual(t), x <= t, `${x} <= ${t}`);
      assert.equal(x <= thresholdOfLess(t), x < t, `${x} < ${t}`);
    }
  }
});

test('there is nothing between a float32 value and the next one down', () => {
  for (const x of [1, -1, 0.1, 3e38, -3e38].map(Math.fround)) {
    const below = nextDown(x);
    assert.ok(below < x);
    const middle = Math.fround((below + x) / 2);
    assert.ok(middle === below || middle === x);
  }
  assert.equal(nextDown(0), -1.401298464324817e-45);
  assert.equal(nextDown(-Infinity), -Infinity);
  assert.ok(Number.isNaN(thresholdOfLess(-Infinity)));
});
