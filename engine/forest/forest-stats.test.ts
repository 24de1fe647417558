import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ForestBuilder } from './forest-builder.js';
import type { SourceNode } from './forest-builder.js';
import { forestStats } from './forest-stats.js';

test('counts trees, leaves and different comparisons, and finds the longest way', () => {
  const builder = new ForestBuilder('model', { columns: 3, outputs: 2, link: 'softmax', vectorLeaves: true });
  const leaf: SourceNode = { leaf: [0.25, -0.25] };
  const branch = (feature: number, threshold: number, left: number, right: number): SourceNode => ({
    feature,
    threshold,
    missingLeft: false,
    left,
    right,
  });
  const trees: readonly (readonly SourceNode[])[] = [
    // A chain down the right, beside a stump with one of its comparisons, beside a leaf.
    [branch(0, 0.5, 1, 2), leaf, branch(1, 0.5, 3, 4), leaf, branch(2, -0.5, 5, 6), leaf, leaf],
    [branch(1, 0.5, 1, 2), leaf, leaf],
    [leaf],
  ];
  for (const nodes of trees) builder.addTree(nodes.length, 0, (id) => nodes[id]!, 0, '');
  assert.deepEqual(forestStats(builder.build()), {
    trees: 3,
    leaves: 4 + 2 + 1,
    depth: 3,
    thresholds: 3,
    classes: 2,
  });
});
