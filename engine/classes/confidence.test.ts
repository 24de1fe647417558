import assert from 'node:assert/strict';
import { test } from 'node:test';

import { confidenceOf } from './confidence.js';

test('percent of the class finally given, without the halo', () => {
  // Two classes on 4 × 3 pixels: percent says class and place.
  const percent = Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? i : 50 + i));
  const classes = Uint8Array.of(1, 0);
  assert.deepEqual(
    confidenceOf({ classes, percent, width: 4, height: 3, halo: 1 }),
    Uint8Array.of(50 + 12 + 5, 6),
  );
});

test('255 where there is no class', () => {
  const percent = Uint8Array.of(100, 255, 7);
  const classes = Uint8Array.of(0, 255, 0);
  assert.deepEqual(
    confidenceOf({ classes, percent, width: 3, height: 1, halo: 0 }),
    Uint8Array.of(100, 255, 7),
  );
});

test('lengths are checked', () => {
  const input = { classes: new Uint8Array(3), percent: new Uint8Array(8), width: 4, height: 2, halo: 0 };
  assert.throws(() => confidenceOf(input), /got 3 values, expected 8/);
});
