import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sclValid } from './mask.js';

test('only the six clear classes are valid', () => {
  const classes = Uint8Array.from({ length: 14 }, (_, value) => value);
  assert.deepEqual([...sclValid(classes, 14, 1, 0)], [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0]);
});

test('clouds and shadows spoil a square around them, defects and nodata do not', () => {
  for (const [value, spoilt] of [
    [3, 49],
    [8, 49],
    [9, 49],
    [10, 49],
    [1, 1],
    [0, 1],
  ] as const) {
    const scl = new Uint8Array(11 * 9).fill(4);
    scl[4 * 11 + 5] = value;
    const valid = sclValid(scl, 11, 9, 3);
    assert.equal(valid.filter((one) => one === 0).length, spoilt, `class ${value}`);
    assert.equal(valid[1 * 11 + 2], spoilt === 1 ? 1 : 0);
    assert.equal(valid[0 * 11 + 5], 1);
  }
});
