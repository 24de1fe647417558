import type { OnnxAttributes } from './onnx-graph.js';
import { readTensor } from './onnx-tensor.js';

/** The nodes of all trees of a tree operator, by their place in its lists. */
export interface TreeNodes {
  readonly count: number;
  /** First node of each tree. */
  readonly roots: readonly number[];
  /** BRANCH_LEQ, …, or LEAF. */
  readonly modes: readonly string[];
  /** Of branches; what stands there for leaves means nothing. */
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  /** 1: NaN takes the true branch. */
  readonly tracksTrue: readonly number[];
  /** Places of the children; −1 at leaves. */
  readonly trueChild: Int32Array;
  readonly falseChild: Int32Array;
  /** Of each weight of a leaf: the leaf, the target or class that it adds to, what it adds. */
  readonly weightLeaf: Int32Array;
  readonly weightTarget: readonly number[];
  readonly weights: readonly number[];
  /** A node as a person finds it in the file. */
  nameOf(place: number): string;
}

/**
 * Branches from root to leaf. ONNX Runtime builds trees by recursion: at some ten thousand on a main thread, and at less in a
 * worker, the whole process dies.
 */
export const DEEPEST_TREE = 1000;

/** A tree operator contradicts itself. */
export class TreeProblem extends Error {
  /** The operator. */
  place = '';
}

/**
 * Reads TreeEnsembleClassifier and TreeEnsembleRegressor (ai.onnx.ml 1 to 4), whose trees name their own nodes, and
 * TreeEnsemble (ai.onnx.ml 5), whose nodes name places and whose leaves are a list of their own. Numbers as tensors are read
 * whatever their type. Throws TreeProblem.
 */
export function treeNodesOf(op: string, attributes: OnnxAttributes): TreeNodes {
  return op === 'TreeEnsemble' ? nodesByPlace(attributes) : nodesByName(attributes);
}

const intsOf = (attributes: OnnxAttributes, name: string) => attributes.get(name)?.ints ?? [];
const tensorOf = (attributes: OnnxAttributes, name: string): readonly number[] => {
  const tensor = attributes.get(name)?.tensor ?? null;
  return tensor === null ? [] : readTensor(tensor).values;
};
const numbersOf = (attributes: OnnxAttributes, name: string) => {
  const floats = attributes.get(name)?.floats ?? [];
  return floats.length > 0 ? floats : tensorOf(attributes, `${name}_as_tensor`);
};

/** Lists of the length of the first; `optional`: or empty. */
function checkLengths(
  lists: Readonly<Record<string, ArrayLike<unknown>>>,
  optional: readonly string[],
): void {
  const [[first, { length }] = ['', []], ...rest] = Object.entries(lists);
  for (const [name, list] of rest) {
    if (list.length === length || (list.length === 0 && optional.includes(name))) continue;
    throw new TreeProblem(`${name} has ${list.length} values, but ${first} has ${length}.`);
  }
}

function nodesByName(attributes: OnnxAttributes): TreeNodes {
  const ints = (name: string) => intsOf(attributes, name);
  const [nodes_treeids, nodes_nodeids] = [ints('nodes_treeids'), ints('nodes_nodeids')];
  const modes = attributes.get('nodes_modes')?.strings ?? [];
  const sides = {
    nodes_truenodeids: ints('nodes_truenodeids'),
    nodes_falsenodeids: ints('nodes_falsenodeids'),
  };
  const nodes_featureids = ints('nodes_featureids');
  const nodes_values = numbersOf(attributes, 'nodes_values');
  const tracksTrue = ints('nodes_missing_value_tracks_true');
  checkLengths(
    {
      nodes_nodeids,
      nodes_treeids,
      nodes_modes: modes,
      ...sides,
      nodes_featureids,
      nodes_values,
      nodes_missing_value_tracks_true: tracksTrue,
    },
    ['nodes_missing_value_tracks_true'],
  );
  const find = placeFinder(nodes_treeids, nodes_nodeids);
  const nameOf = (place: number) => `node ${nodes_nodeids[place]} of tree ${nodes_treeids[place]}`;
  const children = (ids: readonly number[]) => {
    const places = new Int32Array(ids.length).fill(-1);
    for (let i = 0; i < ids.length; i++) {
      if (modes[i] === 'LEAF') continue;
      places[i] = find(nodes_treeids[i]!, ids[i]!);
      if (places[i]! < 0) throw new TreeProblem(`${nameOf(i)} has a child that is not there.`);
    }
    return places;
  };

  const kind = attributes.has('class_ids') ? 'class' : 'target';
  const weightTree = ints(`${kind}_treeids`);
  const weightNode = ints(`${kind}_nodeids`);
  const weightTarget = ints(`${kind}_ids`);
  const weights = numbersOf(attributes, `${kind}_weights`);
  checkLengths(
    {
      [`${kind}_ids`]: weightTarget,
      [`${kind}_treeids`]: weightTree,
      [`${kind}_nodeids`]: weightNode,
      [`${kind}_weights`]: weights,
    },
    [],
  );
  const weightLeaf = new Int32Array(weightNode.length);
  for (let i = 0; i < weightLeaf.length; i++) {
    weightLeaf[i] = find(weightTree[i]!, weightNode[i]!);
    if (weightLeaf[i]! >= 0) continue;
    throw new TreeProblem(
      `a weight is for node ${weightNode[i]} of tree ${weightTree[i]}, which is not there.`,
    );
  }
  return {
    count: nodes_nodeids.length,
    roots: beginnings(nodes_treeids),
    modes,
    features: nodes_featureids,
    thresholds: nodes_values,
    tracksTrue,
    trueChild: children(sides.nodes_truenodeids),
    falseChild: children(sides.nodes_falsenodeids),
    weightLeaf,
    weightTarget,
    weights,
    nameOf,
  };
}

/** Where another tree begins. */
function beginnings(trees: readonly number[]): number[] {
  const places: number[] = [];
  for (let i = 0; i < trees.length; i++) if (i === 0 || trees[i] !== trees[i - 1]) places.push(i);
  return places;
}

/** Finds the place of a node by its tree and its id in there; −1: not there. */
function placeFinder(
  trees: readonly number[],
  nodes: readonly number[],
): (tree: number, node: number) => number {
  const roots = beginnings(trees);
  const rootOf = new Map(roots.map((root) => [trees[root]!, root]));
  let plain = rootOf.size === roots.length;
  for (let i = 0, root = 0; i < nodes.length && plain; i++) {
    if (trees[i] !== trees[root]) root = i;
    plain = nodes[i] === i - root;
  }
  // As nearly all files are: each tree's nodes together, numbered from 0 on.
  if (plain) {
    return (tree, node) => {
      const place = (rootOf.get(tree) ?? NaN) + node;
      return node >= 0 && trees[place] === tree ? place : -1;
    };
  }
  const byTree = new Map<number, Map<number, number>>();
  for (let i = 0; i < nodes.length; i++) {
    let places = byTree.get(trees[i]!);
    if (places === undefined) byTree.set(trees[i]!, (places = new Map<number, number>()));
    if (places.has(nodes[i]!)) throw new TreeProblem(`node ${nodes[i]} of tree ${trees[i]} is there twice.`);
    places.set(nodes[i]!, i);
  }
  return (tree, node) => byTree.get(tree)?.get(node) ?? -1;
}

/** The numbers that stand for modes in TreeEnsemble. */
const MODES = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
];

function nodesByPlace(attributes: OnnxAttributes): TreeNodes {
  const ints = (name: string) => intsOf(attributes, name);
  const tensor = (name: string) => tensorOf(attributes, name);
  const nodes_truenodeids = ints('nodes_truenodeids');
  const nodes_falsenodeids = ints('nodes_falsenodeids');
  const nodes_trueleafs = ints('nodes_trueleafs');
  const nodes_falseleafs = ints('nodes_falseleafs');
  const nodes_featureids = ints('nodes_featureids');
  const nodes_modes = tensor('nodes_modes');
  const nodes_splits = tensor('nodes_splits');
  const tracksTrue = ints('nodes_missing_value_tracks_true');
  checkLengths(
    {
      nodes_featureids,
      nodes_modes,
      nodes_splits,
      nodes_truenodeids,
      nodes_trueleafs,
      nodes_falsenodeids,
      nodes_falseleafs,
      nodes_missing_value_tracks_true: tracksTrue,
    },
    ['nodes_missing_value_tracks_true'],
  );
  const leaf_targetids = ints('leaf_targetids');
  const leaf_weights = tensor('leaf_weights');
  checkLengths({ leaf_targetids, leaf_weights }, []);

  const [branches, leaves] = [nodes_featureids.length, leaf_targetids.length];
  const children = (ids: readonly number[], leafs: readonly number[]) => {
    const places = new Int32Array(branches + leaves).fill(-1);
    ids.forEach((id, i) => {
      const count = leafs[i] === 1 ? leaves : branches;
      if (!(id >= 0 && id < count)) throw new TreeProblem(`node ${i} has a child that is not there.`);
      places[i] = leafs[i] === 1 ? branches + id : id;
    });
    return places;
  };
  const roots = ints('tree_roots');
  const lost = roots.find((root) => !(root >= 0 && root < branches));
  if (lost !== undefined) throw new TreeProblem(`a tree begins at node ${lost}, which is not there.`);
  return {
    count: branches + leaves,
    roots,
    modes: [
      ...nodes_modes.map((mode) => MODES[mode] ?? `mode ${mode}`),
      ...new Array<string>(leaves).fill('LEAF'),
    ],
    features: nodes_featureids,
    thresholds: nodes_splits,
    tracksTrue,
    trueChild: children(nodes_truenodeids, nodes_trueleafs),
    falseChild: children(nodes_falsenodeids, nodes_falseleafs),
    weightLeaf: Int32Array.from(leaf_targetids, (_, i) => branches + i),
    weightTarget: leaf_targetids,
    weights: leaf_weights,
    nameOf: (place) => (place < branches ? `node ${place}` : `leaf ${place - branches}`),
  };
}
