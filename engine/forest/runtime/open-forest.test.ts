import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RowBatch } from '../../classes/row-batch.js';
import { seededRandom } from '../../kernels/testing.js';
import { ForestBuilder } from '../forest-builder.js';
import type { Forest } from '../forest.js';
import { predictForest } from '../predict-forest.js';
import { compileForest } from './compile-forest.js';
import { openForest } from './open-forest.js';
import { randomForest, randomRows, type RandomForestShape } from './testing.js';
import { trialRowsOf } from './trial-rows.js';

/** Leaves are rounded to units, sums are not: some hundred trees stay well below this. */
const TOLERANCE = 1e-6;

async function kernelOf(forest: Forest) {
  const compiled = compileForest(forest);
  if ('unsupported' in compiled) throw new Error(compiled.unsupported);
  const runner = await openForest(compiled);
  return (rows: Float32Array): Float32Array => {
    const count = rows.length / forest.columns;
    return runner.probabilities(RowBatch.ofRows(rows, forest.columns, count).columns, count);
  };
}

function assertClose(got: Float32Array, expected: Float64Array): void {
  assert.equal(got.length, expected.length);
  const worst = expected.reduce((most, p, i) => {
    const apart = Math.abs(p - got[i]!);
    // NaN is the worst of all.
    return apart <= most ? most : apart;
  }, 0);
  assert.ok(worst <= TOLERANCE, `differs by ${worst}`);
}

const softmax = { columns: 20, outputs: 3, link: 'softmax', trees: 60, depth: 6, thresholds: 100 } as const;
const one = { ...softmax, outputs: 1, link: 'logistic' } as const;
const SHAPES: Readonly<Record<string, RandomForestShape>> = {
  'trees of one value a leaf': softmax,
  'one score for two classes': one,
  'leaves of all scores': { ...softmax, vectorLeaves: true, outputs: 5 },
  'probabilities in the leaves': { ...softmax, vectorLeaves: true, link: 'identity' },
  'oblivious trees of a tree an output': { ...softmax, oblivious: true },
  'oblivious trees of one value a leaf': { ...one, oblivious: true },
  'oblivious trees of all scores': { ...softmax, oblivious: true, vectorLeaves: true },
  'oblivious trees of eleven levels, one value a leaf': { ...one, oblivious: true, trees: 6, depth: 11 },
  'oblivious trees of eleven levels, all scores': {
    ...softmax,
    oblivious: true,
    vectorLeaves: true,
    trees: 6,
    depth: 11,
  },
  'oblivious trees of two-byte ranks': { ...one, oblivious: true, columns: 2, thresholds: 5000, trees: 200 },
  'trees too large to try': { ...softmax, depth: 12, trees: 9 },
  'trees too large to try, leaves of all scores': { ...softmax, depth: 12, trees: 9, vectorLeaves: true },
  'two-byte ranks': { ...softmax, columns: 2, thresholds: 5000, trees: 300, depth: 5 },
  'two-byte ranks in trees too large to try': {
    ...softmax,
    columns: 2,
    thresholds: 50_000,
    trees: 20,
    depth: 12,
  },
  'one threshold': { ...softmax, columns: 1, thresholds: 1 },
};

describe('the kernel gives the plain prediction', () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    test(name, async () => {
      const random = seededRandom(7);
      const forest = randomForest(random, shape);
      const run = await kernelOf(forest);
      for (const rows of [
        randomRows(random, shape.columns, 1000),
        // Blocks that agree about most, and one row that is no multiple of anything.
        randomRows(random, shape.columns, 777, 0.95),
        randomRows(random, shape.columns, 1),
        trialRowsOf(forest, 500),
      ]) {
        assertClose(run(rows), predictForest(forest, rows, rows.length / shape.columns));
      }
    });
  }
});

test('more rows than the kernel takes at a time', async () => {
  const random = seededRandom(8);
  const forest = randomForest(random, { ...softmax, trees: 9 });
  const rows = randomRows(random, softmax.columns, 40_001);
  assertClose((await kernelOf(forest))(rows), predictForest(forest, rows, 40_001));
});

test('a row has the same bits wherever it stands, whoever its neighbours are, however the rows are cut', async () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    const random = seededRandom(9);
    const forest = randomForest(random, shape);
    const run = await kernelOf(forest);
    const rows = randomRows(random, shape.columns, 600, 0.5);
    const whole = run(rows);
    const row = (i: number) => rows.subarray(i * shape.columns, (i + 1) * shape.columns);
    const own = (p: Float32Array, i: number) => [...p.subarray(i * forest.classes, (i + 1) * forest.classes)];
    for (const i of [0, 1, 255, 256, 599]) assert.deepEqual(own(run(row(i)), 0), own(whole, i), name);
    const turned = new Float32Array(rows.length);
    for (let i = 0; i < 600; i++) turned.set(row(599 - i), i * shape.columns);
    const other = run(turned);
    for (let i = 0; i < 600; i++) assert.deepEqual(own(other, 599 - i), own(whole, i), name);
  }
});

test('a forest of single leaves needs no row', async () => {
  const builder = new ForestBuilder('leaves', {
    columns: 4,
    outputs: 2,
    link: 'softmax',
    vectorLeaves: false,
  });
  builder.addTree(1, 0, () => ({ leaf: 1 }), 0, 'tree 0');
  builder.addTree(1, 0, () => ({ leaf: -1 }), 1, 'tree 1');
  const forest = builder.build();
  const rows = new Float32Array(4 * 3).fill(NaN);
  assertClose((await kernelOf(forest))(rows), predictForest(forest, rows, 3));
});

test('a chain of thousands of branches', async () => {
  const nodes = 5000;
  const builder = new ForestBuilder('chain', {
    columns: 1,
    outputs: 1,
    link: 'logistic',
    vectorLeaves: false,
  });
  builder.addTree(
    2 * nodes + 1,
    0,
    (id) =>
      id % 2 === 1 || id === 2 * nodes
        ? { leaf: Math.fround(Math.sin(id)) }
        : { feature: 0, threshold: Math.fround(id / 2), missingLeft: false, left: id + 1, right: id + 2 },
    0,
    'tree 0',
  );
  const forest = builder.build();
  const rows = Float32Array.from({ length: 3000 }, (_, i) => 2 * i - 500.5);
  assertClose((await kernelOf(forest))(rows), predictForest(forest, rows, 3000));
});

test('no rows', async () => {
  const run = await kernelOf(randomForest(seededRandom(1), softmax));
  assert.equal(run(new Float32Array(0)).length, 0);
});
