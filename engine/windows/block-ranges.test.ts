import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeRanges } from './block-ranges.js';

const limits = { gapBytes: 10, rangeBytes: 100 };
const spans = (blocks: [number, number][]): [number, number, number][] =>
  mergeRanges(
    blocks.map(([offset, byteCount]) => ({ offset, byteCount })),
    limits,
  ).map(({ start, end, blocks: inside }) => [start, end, inside.length]);

test('neighbours are one range, across a gap up to the limit, in any order', () => {
  assert.deepEqual(spans([]), []);
  assert.deepEqual(
    spans([
      [40, 5],
      [0, 10],
      [10, 20],
    ]),
    [[0, 45, 3]],
  );
  assert.deepEqual(
    spans([
      [0, 10],
      [21, 5],
    ]),
    [
      [0, 10, 1],
      [21, 26, 1],
    ],
  );
});

test('a range is not merged beyond its size, a single block may be longer', () => {
  assert.deepEqual(
    spans([
      [0, 60],
      [60, 60],
      [120, 30],
    ]),
    [
      [0, 60, 1],
      [60, 150, 2],
    ],
  );
  assert.deepEqual(spans([[5, 500]]), [[5, 505, 1]]);
});

test('blocks that share bytes, as identical blocks may, are one range', () => {
  assert.deepEqual(
    spans([
      [0, 30],
      [0, 30],
      [10, 5],
    ]),
    [[0, 30, 3]],
  );
});
