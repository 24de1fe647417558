import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForestBuilder } from '../forest-builder.js';
import { randomForest } from '../parity/random-forest.js';
import { compileForest } from './compile-forest.js';

function stumps(values: readonly number[], thresholds: readonly number[]) {
  const builder = new ForestBuilder('stumps', {
    columns: 3,
    outputs: 1,
    link: 'logistic',
    vectorLeaves: false,
  });
  thresholds.forEach((threshold, i) =>
    builder.addTree(
      3,
      0,
      (id) =>
        id === 0
          ? { feature: 1, threshold, missingLeft: false, left: 1, right: 2 }
          : { leaf: values[(i + id) % values.length]! },
      0,
      `tree ${i}`,
    ),
  );
  return builder.build();
}

test('only columns that some branch asks for are used', () => {
  const compiled = compileForest(stumps([1, 2], [0.5]));
  assert.ok(!('unsupported' in compiled));
  assert.deepEqual([...compiled.used], [1]);
});

test('leaves that reach too far for sums of 32 bits are said, not rounded away', () => {
  const compiled = compileForest(stumps([1e9, -1e9], [0.5]));
  assert.deepEqual(compiled, { unsupported: 'its leaves reach too far for sums of 32 bits' });
});

test('more thresholds than ranks of two bytes tell apart', () => {
  const compiled = compileForest(
    stumps(
      [0.5, -0.5],
      Array.from({ length: 65_536 }, (_, i) => i),
    ),
  );
  assert.deepEqual(compiled, { unsupported: 'it has 65536 thresholds on feature 1, more than 65535' });
});

test('the same forest gives the same image', () => {
  const make = () =>
    compileForest(
      randomForest(3, {
        columns: 5,
        trees: 20,
        branches: 30,
        growth: 'anywhere',
        thresholds: 30,
        link: 'softmax',
        classes: 2,
        vectorLeaves: false,
        missing: 'mixed',
      }),
    );
  assert.deepEqual(make(), make());
});
