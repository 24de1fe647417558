import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isGeoCropError } from '../../errors.js';
import { ForestBuilder } from '../forest-builder.js';
import type { Forest } from '../forest.js';
import { predictForest } from '../predict-forest.js';
import { edgeRows, largestDifference, runOnnx, seeded } from './fixtures/fixtures.js';
import { randomForest, randomShape } from './fixtures/random-forest.js';
import { readOnnxForest } from './read-onnx-forest.js';
import { writeOnnxForest } from './write-onnx-forest.js';

/** The forest that a file is read as. */
function reread(bytes: Uint8Array): Forest {
  const model = readOnnxForest(bytes, 'test.onnx');
  assert.ok('forest' in model, JSON.stringify(model));
  return model.forest;
}

test('what is written is read as the same forest, and written as the same bytes again', () => {
  const random = seeded(1);
  for (let i = 0; i < 150; i++) {
    const forest = randomForest(random, randomShape(random));
    const bytes = writeOnnxForest(forest, 'test');
    assert.deepEqual(reread(bytes), forest);
    assert.deepEqual(writeOnnxForest(reread(bytes), 'test'), bytes);
  }
});

test('onnxruntime-node gives the probabilities of the forest', async () => {
  const random = seeded(2);
  for (let i = 0; i < 150; i++) {
    const shape = randomShape(random);
    const forest = randomForest(random, shape);
    const rows = edgeRows(random, forest, 64);
    const given = await runOnnx(writeOnnxForest(forest, 'test'), rows, forest.columns);
    assert.ok(!(given instanceof Error), String(given));
    const difference = largestDifference(given, predictForest(forest, rows, 64));
    assert.ok(difference < 1e-6, `${difference} of ${JSON.stringify(shape)}`);
  }
});

/** A forest of trees that are one leaf each: its value for class 0, 1, …; `columns` 3. */
function leaves(
  link: Forest['link'],
  outputs: number,
  trees: readonly [output: number, leaf: number][],
  base?: number[],
) {
  const shape = { columns: 3, outputs, link, vectorLeaves: false, ...(base === undefined ? {} : { base }) };
  const builder = new ForestBuilder('test', shape);
  for (const [output, leaf] of trees) builder.addTree(1, 0, () => ({ leaf }), output, 'tree');
  return builder.build();
}

test('single leaves, classes without a tree and base values come out of onnxruntime-node as they are', async () => {
  const cases = [
    leaves('softmax', 3, [[1, 0.5]], [0.25, 0, -1]),
    leaves('softmax', 3, [[2, 0.5]]),
    leaves('identity', 4, [[0, 0.125]], [0, 0.25, 0.5, 0.125]),
    leaves('logistic', 1, [[0, 3]]),
    leaves('logistic', 1, [[0, 0.25]], [0.5]),
    leaves('logistic', 1, [[0, -30]]),
  ];
  for (const forest of cases) {
    const rows = Float32Array.of(0, NaN, Infinity, -1, 2, 3);
    const given = await runOnnx(writeOnnxForest(forest, 'test'), rows, 3);
    assert.ok(!(given instanceof Error), String(given));
    assert.ok(largestDifference(given, predictForest(forest, rows, 2)) < 1e-6, given.toString());
  }
});

test('leaves are rounded to float32, and refused beyond its range', () => {
  assert.deepEqual(
    [...reread(writeOnnxForest(leaves('logistic', 1, [[0, 0.1]]), 'm')).leaves],
    [Math.fround(0.1)],
  );
  const cases: [Forest, string][] = [
    [leaves('logistic', 1, [[0, 1], [0, 1e39]]), 'in/m.json, tree 1: a leaf holds a number'], // prettier-ignore
    [leaves('logistic', 1, [[0, 1]], [-1e39]), 'in/m.json: the base score is a number'],
  ];
  for (const [forest, says] of cases) {
    assert.throws(
      () => writeOnnxForest(forest, 'm', 'in/m.json'),
      (error) => isGeoCropError(error, 'model-unsupported') && error.message.startsWith(says),
    );
  }
});

/** A tree that goes down on one side only. */
function chain(depth: number): Forest {
  const builder = new ForestBuilder('test', { columns: 1, outputs: 2, link: 'identity', vectorLeaves: true });
  const read = (id: number) =>
    id === 2 * depth || id % 2 === 1
      ? { leaf: [id, 0] }
      : { feature: 0, threshold: id, missingLeft: false, left: id + 1, right: id + 2 };
  builder.addTree(2 * depth + 1, 0, read, 0, 'tree');
  return builder.build();
}

test('a deep chain is written and runs; one that would end the process in ONNX Runtime is refused', async () => {
  const forest = chain(1000);
  const rows = Float32Array.from({ length: 100 }, (_, i) => 21 * i);
  const given = await runOnnx(writeOnnxForest(forest, 'm'), rows, 1);
  assert.deepEqual([...(given as Float32Array)], [...predictForest(forest, rows, 100)]);
  assert.throws(
    () => writeOnnxForest(chain(1001), 'm', 'in/m.json'),
    (error) =>
      isGeoCropError(error, 'model-unsupported') &&
      error.message.startsWith('in/m.json, tree 0: is 1001 branches deep'),
  );
});
