import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { ForestBuilder, type ForestShape, type SourceNode } from './forest-builder.js';

const shape: ForestShape = { columns: 3, outputs: 1, link: 'logistic', vectorLeaves: false };
const branch = (left: number, right: number, feature = 0, threshold = 0.5): SourceNode => ({
  feature,
  threshold,
  missingLeft: true,
  left,
  right,
});

function build(nodes: readonly SourceNode[], given = shape, output = 0) {
  const builder = new ForestBuilder('m.json', given);
  builder.addTree(nodes.length, 0, (id) => nodes[id]!, output, 'trees[0]');
  return builder.build();
}

test('trees lie in preorder, whatever their ids, and what nothing leads to is left out', () => {
  const forest = build([
    branch(3, 1, 1),
    branch(4, 2, 2),
    { leaf: 3 },
    { leaf: 1 },
    { leaf: 2 },
    { leaf: 9 },
  ]);
  assert.deepEqual([...forest.roots], [0]);
  assert.deepEqual([...forest.feature], [1, 2]);
  assert.deepEqual([...forest.left], [~0, ~1]);
  assert.deepEqual([...forest.right], [1, ~2]);
  assert.deepEqual([...forest.leaves], [1, 2, 3]);
});

test('a tree of one leaf', () => {
  assert.deepEqual([...build([{ leaf: 7 }]).roots], [~0]);
});

describe('what is no tree is refused, with file and place', () => {
  const leaf: SourceNode = { leaf: 0 };
  const cases: [string, () => unknown, RegExp][] = [
    ['a circle', () => build([branch(1, 2), branch(0, 2), leaf]), /two branches lead to node 0/],
    ['two parents', () => build([branch(1, 1), leaf]), /two branches lead to node 1/],
    ['a child beyond the end', () => build([branch(1, 5), leaf]), /leads to node 5/],
    ['a negative child', () => build([branch(-1, 1), leaf]), /leads to node -1/],
    ['half a child', () => build([branch(0.5, 1), leaf]), /leads to node 0.5/],
    ['a feature beyond the columns', () => build([branch(1, 2, 3), leaf, leaf]), /feature 3 of 3/],
    ['a threshold that is no number', () => build([branch(1, 2, 0, NaN), leaf, leaf]), /compares with NaN/],
    ['a leaf that is no number', () => build([{ leaf: NaN }]), /leaf 0 holds NaN/],
    ['an infinite leaf', () => build([{ leaf: Infinity }]), /leaf 0 holds Infinity/],
    ['a leaf of two values', () => build([{ leaf: [1, 2] }]), /has 2 values, expected 1/],
    ['a class beyond the last', () => build([leaf], shape, 1), /class 1 of 1/],
    ['no trees', () => new ForestBuilder('m.json', shape).build(), /no trees/],
    ['no columns', () => build([leaf], { ...shape, columns: 0 }), /has 0 features/],
    ['too many columns', () => build([leaf], { ...shape, columns: 1e12 }), /1000000000000 features/],
    ['too many scores', () => build([leaf], { ...shape, outputs: 256, link: 'softmax' }), /has 256 scores/],
  ];
  for (const [name, make, message] of cases) {
    test(name, () => {
      assert.throws(make, (error: unknown) => {
        assert.ok(isGeoCropError(error, 'model-malformed'));
        assert.match(error.message, /^m\.json/);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
