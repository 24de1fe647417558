import { readOnnxModel } from './onnx-graph.js';
import { TreeProblem, treeNodesOf } from './tree-nodes.js';
import type { TreeNodes } from './tree-nodes.js';

export interface TreesFound {
  /** What is wrong with the trees themselves, or null. */
  readonly problem: string | null;
  /** Columns that the input must have at least: the highest that a branch asks for, plus 1; 0 without trees. */
  readonly columns: number;
}

/**
 * Looks into the tree ensembles of an ONNX file, which ONNX Runtime trusts: a branch that leads back up makes it run for ever, a
 * feature beyond the input's columns reads what lies behind the row. Throws RangeError where the file is no protobuf.
 */
export function inspectTrees(model: Uint8Array): TreesFound {
  let columns = 0;
  for (const { op, attributes } of readOnnxModel(model).nodes) {
    if (!op.startsWith('TreeEnsemble')) continue;
    try {
      columns = Math.max(columns, checkedColumns(treeNodesOf(op, attributes)));
    } catch (error) {
      if (!(error instanceof TreeProblem)) throw error;
      return { problem: `its ${op}: ${error.message}`, columns };
    }
  }
  return { problem: null, columns };
}

function checkedColumns(nodes: TreeNodes): number {
  let columns = 0;
  for (let i = 0; i < nodes.count; i++) {
    if (nodes.modes[i] === 'LEAF') continue;
    const feature = nodes.features[i]!;
    if (feature < 0) throw new TreeProblem(`a branch asks for column ${feature}.`);
    columns = Math.max(columns, feature + 1);
  }
  if (leadsInCircles(nodes)) throw new TreeProblem('a branch leads back to a node above it.');
  return columns;
}

/** Takes away nodes that nothing leads to, again and again (Kahn 1962): what cannot be taken away is a circle. */
function leadsInCircles({ count, trueChild, falseChild }: TreeNodes): boolean {
  const parents = new Uint32Array(count);
  for (const children of [trueChild, falseChild])
    for (const child of children) if (child >= 0) parents[child]! += 1;
  const free = [...parents.keys()].filter((i) => parents[i] === 0);
  let taken = 0;
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    taken += 1;
    for (const child of [trueChild[next]!, falseChild[next]!]) {
      if (child >= 0 && --parents[child]! === 0) free.push(child);
    }
  }
  return taken < count;
}
