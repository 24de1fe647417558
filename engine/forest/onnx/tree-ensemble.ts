import { DATA_TYPE } from './onnx-fields.js';
import type { InputScaling } from './input-scaling.js';
import type { OnnxNode } from './onnx-graph.js';
import { readTensor } from './onnx-tensor.js';
import { TreeProblem, treeNodesOf } from './tree-nodes.js';
import type { TreeNodes } from './tree-nodes.js';

/** A tree operator of a graph, its trees checked to be trees. */
export interface TreeEnsemble {
  readonly op: string;
  /** What is done to the input before it. */
  readonly scaling: InputScaling | null;
  readonly nodes: TreeNodes;
  /** Places of each tree's nodes, its root first; a branch whose children are one and the same leaf counts as that leaf. */
  readonly trees: readonly Int32Array[];
  /** Targets or classes. */
  readonly outputs: number;
  readonly average: boolean;
  /** As the file has them: not of every length that is allowed there, see score-columns.ts. */
  readonly baseValues: readonly number[];
  readonly postTransform: string;
  /** The classes' names where the file has them as words. */
  readonly classNames: readonly string[] | null;
  /** First of a leaf's weights in `weightOrder`, by place, [count + 1]. */
  readonly weightStart: Int32Array;
  /** Indices into the lists of weights, by leaf, else in the order of the file. */
  readonly weightOrder: Int32Array;
}

const AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
/** ONNX Runtime takes 1 for LOGISTIC and 2 for SOFTMAX, the specification the other way round: neither is taken here. */
const POST_TRANSFORMS = ['NONE', 'post-transform 1', 'post-transform 2', 'SOFTMAX_ZERO', 'PROBIT'];
const COMPARISONS = new Set(['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'LEAF']);

/** Reads a tree operator, or says what of it we do not take. Throws TreeProblem where it contradicts itself. */
export function readTreeEnsemble({
  op,
  attributes,
}: OnnxNode): TreeEnsemble | { readonly unsupported: string } {
  for (const [name, { tensor }] of attributes) {
    if (tensor === null || readTensorType(tensor) !== DATA_TYPE.double) continue;
    return { unsupported: `its ${op} compares float64 numbers (${name})` };
  }
  const nodes = treeNodesOf(op, attributes);
  const strange = nodes.modes.find((mode) => !COMPARISONS.has(mode));
  if (strange !== undefined)
    return { unsupported: `its ${op} has branches other than <, <=, >, >= (${strange})` };

  const isV5 = op === 'TreeEnsemble';
  const word = (name: string, words: readonly string[], otherwise: string) => {
    const attribute = attributes.get(name);
    if (attribute === undefined) return otherwise;
    return (isV5 ? words[attribute.int ?? -1] : attribute.string) ?? 'not there';
  };
  const aggregate = word('aggregate_function', AGGREGATES, 'SUM');
  if (aggregate !== 'SUM' && aggregate !== 'AVERAGE') {
    return { unsupported: `its ${op} aggregates by ${aggregate}, not by a sum or mean` };
  }
  const labels = attributes.get('classlabels_strings')?.strings ?? [];
  const outputs =
    op === 'TreeEnsembleClassifier'
      ? labels.length || (attributes.get('classlabels_int64s')?.ints.length ?? 0)
      : (attributes.get('n_targets')?.int ?? 0);
  const wrong = nodes.weightTarget.find((target) => !(target >= 0 && target < outputs));
  if (wrong !== undefined) throw new TreeProblem(`a leaf adds to output ${wrong} of ${outputs}.`);
  return {
    op,
    scaling: null,
    nodes,
    trees: walkTrees(nodes),
    outputs,
    average: aggregate === 'AVERAGE',
    baseValues: attributes.get('base_values')?.floats ?? [],
    postTransform: word('post_transform', POST_TRANSFORMS, 'NONE'),
    classNames: wordsOf(labels),
    ...weightsByLeaf(nodes),
  };
}

const readTensorType = (tensor: Uint8Array) => readTensor(tensor).dataType;

/** Names of classes; null where there are none, or only 0, 1, 2, … */
export function wordsOf(labels: readonly string[]): readonly string[] | null {
  return labels.length === 0 || labels.every((label, i) => label === `${i}`) ? null : labels;
}

/** The leaf that stands in a node's place: itself, or the one leaf that both of its branches lead to; −1 for branches. */
export function leafAt({ modes, trueChild, falseChild }: TreeNodes, place: number): number {
  if (modes[place] === 'LEAF') return place;
  const child = trueChild[place]!;
  return child === falseChild[place] && modes[child] === 'LEAF' ? child : -1;
}

/** Each node is visited once: what two branches or trees lead to is refused. */
function walkTrees(nodes: TreeNodes): Int32Array[] {
  const seen = new Uint8Array(nodes.count);
  return nodes.roots.map((root) => {
    const places: number[] = [];
    const waiting = [root];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (seen[place] === 1)
        throw new TreeProblem(`two branches lead to ${nodes.nameOf(place)}: not a tree.`);
      seen[place] = 1;
      places.push(place);
      if (leafAt(nodes, place) < 0) waiting.push(nodes.falseChild[place]!, nodes.trueChild[place]!);
    }
    return Int32Array.from(places);
  });
}

function weightsByLeaf({ count, weightLeaf }: TreeNodes): Pick<TreeEnsemble, 'weightStart' | 'weightOrder'> {
  const weightStart = new Int32Array(count + 1);
  for (const leaf of weightLeaf) weightStart[leaf + 1]! += 1;
  for (let i = 0; i < count; i++) weightStart[i + 1]! += weightStart[i]!;
  const next = weightStart.slice();
  const weightOrder = new Int32Array(weightLeaf.length);
  weightLeaf.forEach((leaf, i) => {
    weightOrder[next[leaf]!++] = i;
  });
  return { weightStart, weightOrder };
}
