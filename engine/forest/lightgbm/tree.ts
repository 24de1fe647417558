import type { ForestBuilder } from '../forest-builder.js';
import type { BlockReader } from './block-reader.js';
import type { OddDecision } from './decision.js';
import { decisionOf } from './decision.js';

/**
 * Adds a tree: arrays over its num_leaves − 1 branches, of which 0 is the root, and over its leaves. A child from 0 on is a
 * branch, a negative one the leaf ~child. Leaf values are final, learning rate and starting score included.
 * Source: Tree::Tree(const char*, size_t*) and Tree::ToString (src/io/tree.cpp).
 * @param output the score that it adds to
 * @param leafOf the leaf's values from LightGBM's
 */
export function addTree(
  tree: BlockReader,
  output: number,
  builder: ForestBuilder,
  leafOf: (value: number) => number | readonly number[],
): void {
  if (tree.has('is_linear') && tree.count('is_linear') !== 0) {
    tree.unsupported('is_linear', 'has linear models in its leaves.', 'Train with linear_tree=false.');
  }
  const leaves = tree.count('num_leaves');
  if (leaves < 1) tree.fail('num_leaves', 'is 0.');
  const values = tree.numbers('leaf_value', leaves);
  // Branches have the ids 0 to branches − 1, leaves those behind.
  const branches = leaves - 1;
  const children = (key: string): readonly number[] => {
    const ids = tree.integers(key, branches);
    const wrong = ids.find((id) => id >= branches || ~id >= leaves);
    if (wrong !== undefined)
      tree.fail(key, `leads to ${wrong}; there are ${branches} branches and ${leaves} leaves.`);
    return ids.map((id) => (id >= 0 ? id : branches + ~id));
  };
  // A tree of one leaf has only that: later versions leave the other lines out.
  const [left, right, feature, types, thresholds] =
    branches === 0
      ? [[], [], [], [], []]
      : [
          children('left_child'),
          children('right_child'),
          tree.integers('split_feature', branches),
          tree.integers('decision_type', branches),
          // Infinity where a branch only asks what is missing.
          tree.numbers('threshold', branches, 'inf'),
        ];
  builder.addTree(
    branches + leaves,
    0,
    (id) => {
      if (id >= branches) return { leaf: leafOf(values[id - branches]!) };
      const decision = decisionOf(types[id]!, thresholds[id]!);
      if (typeof decision === 'string') return refuse(tree, decision, types[id]!, thresholds[id]!);
      return { feature: feature[id]!, ...decision, left: left[id]!, right: right[id]! };
    },
    output,
    tree.place,
  );
}

function refuse(tree: BlockReader, decision: OddDecision, type: number, threshold: number): never {
  if (decision === 'unknown')
    return tree.fail('decision_type', `is ${type}, whose kind of missing is unknown.`);
  if (decision === 'categorical') {
    return tree.unsupported(
      'decision_type',
      'splits by categories.',
      'Train without categorical_feature, or with the categories one-hot encoded.',
    );
  }
  return tree.unsupported(
    'decision_type',
    `sends zeros as missing to the other side of ${threshold} than a comparison would.`,
    'Train with zero_as_missing=false.',
  );
}
