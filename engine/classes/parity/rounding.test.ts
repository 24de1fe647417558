import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ForestBuilder } from '../../forest/forest-builder.js';
import { predictForest } from '../../forest/predict-forest.js';
import { steppedFloat32 } from './float32-steps.js';
import type { RoundingInput } from './rounding.js';
import { findRounding, scaledRow } from './rounding.js';
import { rankOf, thresholdsOf } from '../../forest/thresholds.js';

/** Three stumps of two classes, each on a column of its own: x <= threshold gives class 0 more. */
const T = [Math.fround(0.3), 120, Math.fround(-0.7)];
const forest = (() => {
  const builder = new ForestBuilder('test', { columns: 3, outputs: 2, link: 'softmax', vectorLeaves: false });
  T.forEach((threshold, feature) => {
    const nodes = [
      { feature, threshold, missingLeft: false, left: 1, right: 2 },
      { leaf: 2 ** feature },
      { leaf: 0 },
    ];
    builder.addTree(3, 0, (id) => nodes[id]!, 0, `tree ${feature}`);
  });
  return builder.build();
})();

const predict = (rows: Float32Array, count: number) => predictForest(forest, rows, count);

async function find(
  values: readonly number[],
  theirs: readonly number[],
  scaler: RoundingInput['scaler'] = null,
) {
  const source = Float32Array.from(values);
  return findRounding({
    values: source,
    scaler,
    thresholds: thresholdsOf(forest),
    run: async (rows, count) => predict(rows, count),
    ours: predict(scaledRow(source, scaler), 1),
    theirs: predict(Float32Array.from(theirs), 1),
  });
}

describe('a rounding that explains', () => {
  for (const steps of [0, -1]) {
    test(`${1 - steps} steps up, past a threshold`, async () => {
      const x = steppedFloat32(T[1]!, steps);
      const found = await find([0, x, 0], [0, 121, 0]);
      assert.deepEqual(found?.moves, [{ column: 1, value: x, moved: steppedFloat32(T[1]!, 1), threshold: T[1] }]); // prettier-ignore
      assert.deepEqual(found.probabilities, predict(Float32Array.of(0, 121, 0), 1));
    });
  }
  for (const steps of [1, 2]) {
    test(`${steps} steps down, onto a threshold`, async () => {
      const x = steppedFloat32(T[2]!, steps);
      const found = await find([0, 0, x], [0, 0, -1]);
      assert.deepEqual(found?.moves, [{ column: 2, value: x, moved: T[2], threshold: T[2] }]);
    });
  }

  test('several at once', async () => {
    const found = await find([T[0]!, T[1]!, T[2]!], [1, 121, -1]);
    assert.deepEqual(
      found?.moves.map(({ column }) => column),
      [0, 1],
    );
    assert.equal((await find(T, [1, 121, 1]))?.moves.length, 3);
  });

  test('before scaling', async () => {
    // One step of 1000.3 is many of what is left after the mean is taken away.
    const scaler = { mean: [1000, 0, 0], scale: [1, 1, 1] };
    const above = [...Array(8).keys()]
      .map((steps) => steppedFloat32(1000.3, steps - 4))
      .find((x) => Math.fround(x - 1000) > T[0]!)!;
    const found = await find([above, 0, 0], [0, 0, 0], scaler);
    assert.equal(found?.moves.length, 1);
    assert.ok(found.moves[0]!.value - found.moves[0]!.moved > 1e-5);
    assert.equal(await find([steppedFloat32(above, 3), 0, 0], [0, 0, 0], scaler), null);
  });
});

describe('no rounding', () => {
  test('three steps away', async () => {
    assert.equal(await find([0, steppedFloat32(T[1]!, -2), 0], [0, 121, 0]), null);
    assert.equal(await find([0, steppedFloat32(T[1]!, 3), 0], [0, 119, 0]), null);
  });
  test('next to a threshold, but another feature differs', async () => {
    assert.equal(await find([0, T[1]!, 0], [1, 120, 0]), null);
  });
  test('without thresholds', async () => {
    const input = Float32Array.of(0, 120, 0);
    const [ours, theirs] = [predict(input, 1), predict(Float32Array.of(0, 121, 0), 1)];
    const run = async (rows: Float32Array, count: number) => predict(rows, count);
    assert.equal(
      await findRounding({ values: input, scaler: null, thresholds: [], run, ours, theirs }),
      null,
    );
  });
});

describe('float32', () => {
  test('steps pass zero and come back', () => {
    const least = 2 ** -149;
    assert.deepEqual(
      [-1, 0, 1].map((steps) => steppedFloat32(0, steps)),
      [-least, 0, least],
    );
    assert.equal(steppedFloat32(1, 1), 1 + 2 ** -23);
    for (const x of [0.1, -3.7e-9, 120, 1e30]) {
      const own = Math.fround(x);
      assert.equal(steppedFloat32(steppedFloat32(own, 2), -2), own);
    }
  });
  test('ranks change just above a threshold', () => {
    const own = Float32Array.of(-1, 0, 2.5);
    assert.deepEqual(
      [-2, -1, steppedFloat32(-1, 1), 0, 1, 2.5, 3, NaN].map((x) => rankOf(own, x)),
      [0, 0, 1, 1, 2, 2, 3, 0],
    );
  });
});
