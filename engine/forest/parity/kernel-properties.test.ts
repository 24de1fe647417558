import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { RowBatch } from '../../classes/row-batch.js';
import { ForestBuilder } from '../forest-builder.js';
import type { SourceNode } from '../forest-builder.js';
import type { Forest } from '../forest.js';
import { predictForest } from '../predict-forest.js';
import { compileForest } from '../runtime/compile-forest.js';
import { openForest } from '../runtime/open-forest.js';
import { differenceOf } from './difference.js';
import { factsOf, factsOfAll } from './forest-facts.js';
import type { ForestFacts } from './forest-facts.js';
import { randomForest, randomNumbers, randomRows } from './random-forest.js';
import type { RandomForestShape } from './random-forest.js';
import { randomShape } from './random-shape.js';

/** The kernel's leaves are whole numbers of a unit, its probabilities float32: that much may differ from float64. */
const TOLERANCE = 1e-6;

type Run = (rows: Float32Array, count: number) => Float32Array;

async function kernelOf(forest: Forest): Promise<Run> {
  const compiled = compileForest(forest);
  if ('unsupported' in compiled) throw new Error(compiled.unsupported);
  const runner = await openForest(compiled);
  return (rows, count) => runner.probabilities(RowBatch.ofRows(rows, forest.columns, count).columns, count);
}

/** Fails where the kernel differs from the plain prediction. */
function holdAgainstPlain(forest: Forest, run: Run, rows: Float32Array, count: number, what: string): number {
  const ours = Float64Array.from(run(rows, count));
  const { largest, row, flips } = differenceOf(ours, predictForest(forest, rows, count), forest.classes);
  assert.ok(
    largest <= TOLERANCE && flips.length === 0,
    `${what}: row ${row} differs by ${largest}, flips ${flips.length}`,
  );
  return largest;
}

/** Rows `order[0], order[1], …` of row-major values. */
function rowsOf(values: Float32Array, width: number, order: readonly number[]): Float32Array {
  const out = new Float32Array(order.length * width);
  order.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

const BASE: RandomForestShape = {
  columns: 20,
  trees: 12,
  branches: 63,
  growth: 'anywhere',
  thresholds: 100,
  link: 'softmax',
  classes: 6,
  vectorLeaves: false,
  missing: 'mixed',
};

/** What random draws may miss. */
const CORNERS: Readonly<Record<string, Partial<RandomForestShape>>> = {
  'single leaves': { branches: 0 },
  'one leaf': { branches: 0, trees: 1, link: 'logistic', classes: 2, columns: 1 },
  'one branch': { branches: 1, trees: 1, link: 'logistic', classes: 2, columns: 1 },
  'a chain of 5,000 branches to the left': { branches: 5000, growth: 'left chain', trees: 3, classes: 3 },
  'a chain of 5,000 branches to the right': { branches: 5000, growth: 'right chain', trees: 3, classes: 3 },
  'a chain with vectors in its leaves': {
    branches: 500,
    growth: 'right chain',
    trees: 3,
    vectorLeaves: true,
  },
  'one column, thousands of thresholds': { branches: 5000, columns: 1, thresholds: 60_000, trees: 6 },
  '255 thresholds': { branches: 3000, columns: 1, thresholds: 255, trees: 6 },
  '256 thresholds': { branches: 3000, columns: 1, thresholds: 256, trees: 6 },
  '257 thresholds': { branches: 3000, columns: 1, thresholds: 257, trees: 6 },
  '300 columns': { branches: 500, columns: 300 },
  '255 classes': { classes: 255, trees: 255 },
  '255 classes in each leaf': { classes: 255, trees: 20, vectorLeaves: true },
  '255 shares in each leaf': { classes: 255, trees: 20, vectorLeaves: true, link: 'identity' },
  'oblivious trees of ten levels': { branches: 1023, growth: 'symmetric' },
  'oblivious trees of ten levels, vectors': { branches: 1023, growth: 'symmetric', vectorLeaves: true },
  'oblivious trees of 17 levels': { branches: 2 ** 17 - 1, growth: 'symmetric', trees: 2, classes: 2 },
  'a full tree of depth 12': { branches: 4095, growth: 'balanced', trees: 6 },
  'a tree that uses few of its columns': { branches: 2, columns: 300, trees: 6 },
};

describe('the kernel on random forests', () => {
  const GROUPS = 6;
  const PER_GROUP = 40;
  const all: ForestFacts[] = [];
  for (let group = 0; group < GROUPS; group++) {
    const first = 1 + group * PER_GROUP;
    test(`seeds ${first} to ${first + PER_GROUP - 1}: the plain prediction's probabilities`, async (t) => {
      let largest = 0;
      for (let seed = first; seed < first + PER_GROUP; seed++) {
        const shape = randomShape(seed);
        const forest = randomForest(seed, shape);
        const rows = randomRows(seed, forest, 600);
        const what = `seed ${seed}, ${JSON.stringify(shape)}`;
        largest = Math.max(largest, holdAgainstPlain(forest, await kernelOf(forest), rows, 600, what));
        all.push(factsOf(forest));
      }
      t.diagnostic(`largest difference ${largest.toPrecision(2)}`);
    });
  }

  test('the seeds have what they are for', (t) => {
    const facts = factsOfAll(all);
    t.diagnostic(`${all.length} forests: ${JSON.stringify(facts)}`);
    assert.ok(facts.depth > 2000 && facts.columns > 250 && facts.classes > 200 && facts.thresholds > 1000);
    assert.ok(facts.singleLeaves > 0 && facts.missingLeft > 0 && facts.missingRight > 0);
  });

  for (const [name, corner] of Object.entries(CORNERS)) {
    test(name, async (t) => {
      const forest = randomForest(7, { ...BASE, ...corner });
      const largest = holdAgainstPlain(forest, await kernelOf(forest), randomRows(7, forest, 600), 600, name);
      const facts = factsOf(forest);
      t.diagnostic(`${JSON.stringify(facts)}: ${largest.toPrecision(2)}`);
      const thresholds = /^(\d+) thresholds$/.exec(name);
      if (thresholds !== null) assert.equal(facts.thresholds, Number(thresholds[1]));
    });
  }

  test('more than 65,535 thresholds on a feature are left to ONNX Runtime', () => {
    const forest = randomForest(3, { ...BASE, columns: 1, branches: 7500, trees: 12, thresholds: 200_000 });
    const compiled = compileForest(forest);
    assert.ok('unsupported' in compiled);
    assert.match(compiled.unsupported, /thresholds on feature 0, more than 65535/);
  });

  test("a row's bits do not depend on its place, its neighbours or the size of its batch", async () => {
    for (let seed = 300; seed < 330; seed++) {
      const shape = randomShape(seed);
      const forest = randomForest(seed, shape);
      const { columns, classes } = forest;
      const count = 700;
      const rows = randomRows(seed, forest, count);
      const run = await kernelOf(forest);
      const whole = run(rows, count);
      const random = randomNumbers(seed);
      const what = `seed ${seed}, ${JSON.stringify(shape)}`;
      const same = (order: readonly number[]) => {
        const ours = run(rowsOf(rows, columns, order), order.length);
        assert.deepEqual(ours, rowsOf(whole, classes, order), what);
      };
      const places = Array.from({ length: count }, (_, i) => i);
      same(
        places
          .map((row) => ({ row, at: random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ row }) => row),
      );
      same(places.toReversed());
      for (const row of [0, 1, 2, 3, 350, 699]) same([row]);
      // The same row all over, and one stranger in a crowd of equals.
      same(new Array<number>(520).fill(5));
      same([...new Array<number>(511).fill(5), 6, 7]);
      for (const size of [2, 15, 16, 17, 63, 65, 511, 513]) same(places.slice(count - size));
    }
  });

  test('more rows than go at once, with NaN in some', async () => {
    const forest = randomForest(5, { ...BASE, trees: 6, branches: 15 });
    const count = 16_384 * 2 + 77;
    const rows = randomRows(5, forest, count);
    const run = await kernelOf(forest);
    holdAgainstPlain(forest, run, rows, count, 'all rows');
    const last = [16_383, 16_384, 32_767, 32_768, count - 1];
    assert.deepEqual(
      run(rowsOf(rows, forest.columns, last), last.length),
      rowsOf(run(rows, count), forest.classes, last),
    );
  });

  test('sums that all but fill 32 bits, of trees that take each other back', async () => {
    const random = randomNumbers(11);
    const builder = new ForestBuilder('large', {
      columns: 1,
      outputs: 1,
      link: 'logistic',
      vectorLeaves: false,
    });
    for (let tree = 0; tree < 20; tree++) {
      const most = tree % 2 === 0 ? 200 : -200;
      const nodes: SourceNode[] = [
        { feature: 0, threshold: Math.fround(random()), missingLeft: tree % 3 === 0, left: 1, right: 2 },
        { leaf: most },
        { leaf: most + random() - 0.5 },
      ];
      builder.addTree(nodes.length, 0, (id) => nodes[id]!, 0, `tree ${tree}`);
    }
    const forest = builder.build();
    const compiled = compileForest(forest);
    assert.ok(!('unsupported' in compiled));
    // Ten trees of one sign: a sum on the way is half of what 32 bits hold, or more.
    assert.ok(2000 / compiled.unit > 2 ** 29);
    const rows = randomRows(11, forest, 600);
    const { largest } = differenceOf(
      Float64Array.from((await kernelOf(forest))(rows, 600)),
      predictForest(forest, rows, 600),
      2,
    );
    // Each of 20 leaves is rounded by half a unit at most, and a probability moves by a quarter of its score.
    assert.ok(largest <= (20 * compiled.unit) / 2 / 4 + 2 ** -24, `${largest}`);
  });

  test('leaves of nothing', async () => {
    for (const growth of ['anywhere', 'symmetric'] as const) {
      const forest = randomForest(2, { ...BASE, growth });
      forest.leaves.fill(0);
      holdAgainstPlain(forest, await kernelOf(forest), randomRows(2, forest, 100), 100, growth);
    }
  });

  test('no rows give no probabilities', async () => {
    assert.equal((await kernelOf(randomForest(1, BASE)))(new Float32Array(0), 0).length, 0);
  });
});
