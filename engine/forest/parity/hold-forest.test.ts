import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { PARITY } from '../../classes/parity/agreement.js';
import { predictForest } from '../predict-forest.js';
import { float32Doubts } from './float32-doubt.js';
import { holdForest, LEAVES_TOO_FAR } from './hold-forest.js';
import { randomForest, randomRows } from './random-forest.js';

const forest = randomForest(1, {
  columns: 4,
  trees: 9,
  branches: 20,
  growth: 'anywhere',
  thresholds: 10,
  link: 'softmax',
  classes: 3,
  vectorLeaves: false,
  missing: 'mixed',
});
const COUNT = 100;
const rows = randomRows(1, forest, COUNT);
const right = predictForest(forest, rows, COUNT);

/** The right probabilities, one of row 7 changed. */
const changed = (by: number) => right.map((p, i) => (i === 7 * 3 + 1 ? p + by : p));

describe('holding a forest against predictions', () => {
  test('the same predictions: no complaint, and the kernel ran', async () => {
    const { complaints, fallback, differences } = await holdForest(forest, rows, COUNT, [
      { by: 'a friend', probabilities: right },
    ]);
    assert.deepEqual([complaints, fallback], [[], null]);
    assert.deepEqual(
      [...differences].map(([pair, { rows }]) => [pair, rows]),
      [
        ['onnxruntime against plain', COUNT],
        ['kernel against plain', COUNT],
        ['kernel against onnxruntime', COUNT],
        ['plain against a friend', COUNT],
        ['onnxruntime against a friend', COUNT],
        ['kernel against a friend', COUNT],
      ],
    );
  });

  for (const [what, probabilities] of [
    ['a difference above the tolerance', changed(2 * PARITY.difference)],
    ['a number that is none', changed(NaN)],
    [
      'another way of a missing value',
      predictForest({ ...forest, missingLeft: forest.missingLeft.map((x) => 1 - x) }, rows, COUNT),
    ],
  ] as const) {
    test(`${what} is a complaint by each of the three`, async () => {
      const { complaints } = await holdForest(forest, rows, COUNT, [{ by: 'a foe', probabilities }]);
      assert.equal(complaints.length, 3);
      for (const complaint of complaints) assert.match(complaint, /against a foe: row \d+ differs by/);
    });
  }

  test('rows that may differ are counted where they do; rows of NaN are not compared', async () => {
    const expectation = { by: 'a foe', probabilities: changed(0.1) };
    const near = await holdForest(forest, rows, COUNT, [
      { ...expectation, mayDiffer: (row) => row === 7 || row === 8 },
    ]);
    assert.deepEqual([near.complaints, near.excused], [[], 1]);
    assert.equal(near.differences.get('kernel against a foe')?.rows, COUNT - 2);
    const without = right.map((p, i) => (Math.floor(i / 3) === 7 ? NaN : p));
    const held = await holdForest(forest, rows, COUNT, [{ by: 'a foe', probabilities: without }]);
    assert.deepEqual(held.complaints, []);
    assert.equal(held.differences.get('kernel against a foe')?.rows, COUNT - 1);
  });

  test('leaves of billions: the kernel leaves them to onnxruntime; close scores are beyond float32, others are not', async () => {
    const billions = { ...forest, leaves: forest.leaves.map((x) => x * 1e9) };
    const { fallback, complaints, doubtful } = await holdForest(billions, rows, COUNT);
    assert.match(fallback ?? '', LEAVES_TOO_FAR);
    assert.deepEqual(complaints, []);
    assert.ok(doubtful < COUNT / 2, `${doubtful}`);
    const tied = { ...billions, leaves: billions.leaves.map(() => 1e9) };
    assert.ok(float32Doubts(tied)(rows.subarray(0, 4)));
    assert.ok(!float32Doubts(forest)(rows.subarray(0, 4)));
  });
});
