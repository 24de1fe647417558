import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowBatch } from '../../classes/row-batch.js';
import type { Forest } from '../forest.js';
import { randomForest, randomNumbers, randomRows, type RandomForestShape } from '../parity/random-forest.js';
import { predictForest } from '../predict-forest.js';
import { compileForest } from './compile-forest.js';
import { openForest } from './open-forest.js';

// All kinds of trees, ranks and leaves are held against the plain prediction in ../parity/kernel-properties.test.ts; here is what
// depends on how many rows there are and how alike they are.

const SHAPE: RandomForestShape = {
  columns: 20,
  trees: 30,
  branches: 40,
  growth: 'anywhere',
  thresholds: 100,
  link: 'softmax',
  classes: 3,
  vectorLeaves: false,
  missing: 'mixed',
};
/** Leaves are rounded to units, sums are not. */
const TOLERANCE = 1e-6;

async function holdAgainstPlain(forest: Forest, rows: Float32Array): Promise<void> {
  const compiled = compileForest(forest);
  if ('unsupported' in compiled) throw new Error(compiled.unsupported);
  const count = rows.length / forest.columns;
  const { columns } = RowBatch.ofRows(rows, forest.columns, count);
  const got = (await openForest(compiled)).probabilities(columns, count);
  const expected = predictForest(forest, rows, count);
  assert.equal(got.length, expected.length);
  // Written so that NaN is too far.
  const far = expected.findIndex((p, i) => !(Math.abs(p - got[i]!) <= TOLERANCE));
  assert.equal(far, -1, `probability ${far}: ${got[far]}, not ${expected[far]}`);
}

const KINDS: Readonly<Record<string, Partial<RandomForestShape>>> = {
  'a tree an output': {},
  'leaves of all scores': { vectorLeaves: true, classes: 9 },
  'oblivious trees': { growth: 'symmetric', branches: 63, vectorLeaves: true },
  'oblivious trees, one score': { growth: 'symmetric', branches: 63, link: 'logistic', classes: 2 },
  'two-byte ranks': { columns: 2, thresholds: 5000, branches: 400 },
};

for (const [name, change] of Object.entries(KINDS)) {
  test(`rows that agree about most branches: ${name}`, async () => {
    const forest = randomForest(7, { ...SHAPE, ...change });
    const [first, other] = [randomRows(1, forest, 4), randomRows(2, forest, 3000)];
    const random = randomNumbers(3);
    // Fields of 500 rows that are one row but for a value here and there.
    const rows = other.map((value, i) => {
      const field = Math.floor(i / (500 * forest.columns)) % 4;
      return random() < 0.05 ? value : first[field * forest.columns + (i % forest.columns)]!;
    });
    await holdAgainstPlain(forest, rows);
  });
}

test('more rows than the kernel takes at a time', async () => {
  const forest = randomForest(8, { ...SHAPE, trees: 9 });
  await holdAgainstPlain(forest, randomRows(4, forest, 40_001));
});

test('no rows', async () => {
  await holdAgainstPlain(randomForest(9, SHAPE), new Float32Array(0));
});
