import type { ForestBuilder } from '../forest-builder.js';
import type { JsonValue } from '../model-json.js';
import { thresholdOfLess } from '../round-threshold.js';
import { readCount } from './parameters.js';

/**
 * Adds a tree of `trees`, arrays over its nodes, of which 0 is the root. x < split_conditions goes left, and where x is NaN,
 * default_left decides; a node whose left child is −1 is a leaf and keeps its value in split_conditions. All floats are
 * float32. Source: RegTree::LoadModel (src/tree/tree_model.cc), GetNextNode (include/xgboost/tree_model.h).
 */
export function addTree(tree: JsonValue, output: number, builder: ForestBuilder): void {
  const parameters = tree.field('tree_param');
  const vector = parameters.field('size_leaf_vector');
  if (vector.present && readCount(vector) > 1) {
    vector.unsupported(
      'the leaves are vectors (multi_strategy="multi_output_tree").',
      'Train with multi_strategy="one_output_per_tree".',
    );
  }
  refuseCategories(tree);
  const left = tree.field('left_children').numbers();
  const list = (key: string): readonly number[] => {
    const field = tree.field(key);
    const values = field.numbers();
    if (values.length !== left.length) {
      field.fail(`has ${values.length} values, but left_children has ${left.length}.`);
    }
    return values;
  };
  const nodes = parameters.field('num_nodes');
  if (readCount(nodes) !== left.length) {
    nodes.fail(`is ${readCount(nodes)}, but left_children has ${left.length} values.`);
  }
  const [right, feature, condition] = [
    list('right_children'),
    list('split_indices'),
    list('split_conditions'),
  ];
  const defaultLeft = readFlags(tree.field('default_left'), left.length);
  builder.addTree(
    left.length,
    0,
    (id) => {
      const value = Math.fround(condition[id]!);
      if (left[id] === -1) return { leaf: value };
      return {
        feature: feature[id]!,
        threshold: thresholdOfLess(value),
        missingLeft: defaultLeft[id] === 1,
        left: left[id]!,
        right: right[id]!,
      };
    },
    output,
    tree.place,
  );
}

function refuseCategories(tree: JsonValue): void {
  for (const key of ['split_type', 'categories_segments', 'categories_nodes']) {
    const field = tree.field(key);
    if (!field.present) continue;
    const flags = readFlags(field, null);
    // A split's type is 0 for numbers, 1 for categories; the other two are empty without categories.
    if (key === 'split_type' ? flags.every((flag) => flag === 0) : flags.length === 0) continue;
    field.unsupported(
      'the tree splits by categories.',
      'Train on numbers alone: without enable_categorical, or with the categories one-hot encoded.',
    );
  }
}

/** 0 and 1, or false and true. */
function readFlags(field: JsonValue, expected: number | null): readonly number[] {
  const { value } = field;
  const flags =
    Array.isArray(value) && value.every((flag) => typeof flag === 'boolean')
      ? value.map(Number)
      : field.numbers();
  if (expected !== null && flags.length !== expected) {
    field.fail(`has ${flags.length} values, but left_children has ${expected}.`);
  }
  return flags;
}
