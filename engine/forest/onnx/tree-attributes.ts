import type { Forest } from '../forest.js';

/** The attributes of a TreeEnsembleRegressor, in the order and with the names of the ONNX specification. */
export interface RegressorAttributes {
  aggregate_function: string;
  n_targets: number;
  nodes_falsenodeids: Int32Array;
  nodes_featureids: Int32Array;
  nodes_missing_value_tracks_true?: Int32Array;
  nodes_modes: string[];
  nodes_nodeids: Int32Array;
  nodes_treeids: Int32Array;
  nodes_truenodeids: Int32Array;
  nodes_values: Float32Array;
  post_transform: string;
  target_ids: Int32Array;
  target_nodeids: Int32Array;
  target_treeids: Int32Array;
  target_weights: Float32Array;
}

/**
 * Each tree's nodes and leaves are numbered from 0 in preorder. A leaf of several values leaves out zeros, which deep forests
 * are full of, but for a tree's first leaf: so that a reader sees that the tree adds to all scores.
 * `depth`: branches from a root to the leaf that is furthest away; `deepest`: the tree that has it, 0 where there is none.
 */
export function regressorOf(forest: Forest): {
  attributes: RegressorAttributes;
  depth: number;
  deepest: number;
} {
  const { outputs, roots, treeOutput, leaves } = forest;
  const leafCount = treeOutput === null ? leaves.length / outputs : leaves.length;
  const size = forest.feature.length + leafCount;
  const ints = (length: number) => new Int32Array(length);
  const nodes = {
    nodes_falsenodeids: ints(size),
    nodes_featureids: ints(size),
    nodes_modes: new Array<string>(size).fill('LEAF'),
    nodes_nodeids: ints(size),
    nodes_treeids: ints(size),
    nodes_truenodeids: ints(size),
    nodes_values: new Float32Array(size),
  };
  const missing = ints(size);
  const targets = {
    target_ids: ints(leaves.length),
    target_nodeids: ints(leaves.length),
    target_treeids: ints(leaves.length),
    target_weights: new Float32Array(leaves.length),
  };
  let at = 0;
  let weight = 0;
  let deepest = 0;
  let most = 0;
  const addWeight = (tree: number, node: number, target: number, value: number) => {
    targets.target_ids[weight] = target;
    targets.target_nodeids[weight] = node;
    targets.target_treeids[weight] = tree;
    targets.target_weights[weight++] = value;
  };
  for (let tree = 0; tree < roots.length; tree++) {
    const first = at;
    let isFirstLeaf = true;
    // Right children wait for their number; the left one follows its parent.
    const waiting = [{ child: roots[tree]!, parent: -1, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { child, parent, depth } = next;
      if (depth > most) [most, deepest] = [depth, tree];
      const id = at - first;
      if (parent >= 0) nodes.nodes_falsenodeids[parent] = id;
      nodes.nodes_nodeids[at] = id;
      nodes.nodes_treeids[at] = tree;
      if (child < 0) {
        const leaf = ~child;
        if (treeOutput !== null) addWeight(tree, id, treeOutput[tree]!, leaves[leaf]!);
        else {
          for (let k = 0; k < outputs; k++) {
            const value = leaves[leaf * outputs + k]!;
            if (!Object.is(value, 0) || isFirstLeaf) addWeight(tree, id, k, value);
          }
          isFirstLeaf = false;
        }
      } else {
        nodes.nodes_modes[at] = 'BRANCH_LEQ';
        nodes.nodes_featureids[at] = forest.feature[child]!;
        nodes.nodes_values[at] = forest.threshold[child]!;
        missing[at] = forest.missingLeft[child]!;
        nodes.nodes_truenodeids[at] = id + 1;
        waiting.push(
          { child: forest.right[child]!, parent: at, depth: depth + 1 },
          { child: forest.left[child]!, parent: -1, depth: depth + 1 },
        );
      }
      at++;
    }
  }
  const attributes = {
    aggregate_function: 'SUM',
    n_targets: outputs,
    ...nodes,
    // Left out where all are 0: runtimes are faster without.
    ...(missing.includes(1) ? { nodes_missing_value_tracks_true: missing } : {}),
    post_transform: 'NONE',
    target_ids: targets.target_ids.subarray(0, weight),
    target_nodeids: targets.target_nodeids.subarray(0, weight),
    target_treeids: targets.target_treeids.subarray(0, weight),
    target_weights: targets.target_weights.subarray(0, weight),
  };
  return { attributes, depth: most, deepest };
}
