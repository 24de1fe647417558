import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDown } from '../round-threshold.js';
import { seeded } from './fixtures/fixtures.js';
import { unscaledThreshold } from './input-scaling.js';

const next = (x: number) => -nextDown(-x);

test('a value decides against the threshold as its scaled value did', () => {
  const random = seeded(11);
  const wide = () => Math.fround((random() - 0.5) * 10 ** (random() * 30 - 15));
  for (let i = 0; i < 2000; i++) {
    const scaling = { offset: [0, wide()], scale: [1, Math.fround(Math.abs(wide())) || 1] };
    const threshold = i % 50 === 0 ? [Infinity, -Infinity, 0][i % 3]! : wide();
    const own = unscaledThreshold(scaling, 1, threshold);
    const scaled = (x: number) => Math.fround(Math.fround(x - scaling.offset[1]!) * scaling.scale[1]!);
    for (const x of [own, next(own), nextDown(own), 0, -0, wide(), Infinity, -Infinity]) {
      assert.equal(x <= own, scaled(x) <= threshold, `${x}, threshold ${threshold}, ${own}`);
    }
  }
});

test('one offset and scale for all columns', () => {
  assert.ok(Math.abs(unscaledThreshold({ offset: [1], scale: [2] }, 7, 4) - 3) < 1e-6);
});
