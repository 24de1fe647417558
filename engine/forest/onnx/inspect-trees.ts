import { FOREST_LIMITS } from '../forest.js';
import { nodesOf, readOnnxModel } from './onnx-graph.js';
import type { OnnxNode } from './onnx-graph.js';
import { DEEPEST_TREE, TreeProblem, treeNodesOf } from './tree-nodes.js';
import type { TreeNodes } from './tree-nodes.js';

export interface TreesFound {
  /** What is wrong with the trees themselves, or null. */
  readonly problem: string | null;
  /** Columns that the input must have at least: the highest that a branch asks for, plus 1; 0 without trees. */
  readonly columns: number;
}

/**
 * Looks into the tree ensembles of an ONNX file, which ONNX Runtime trusts: a branch that leads back up makes it run for ever, a
 * feature beyond the input's columns reads what lies behind the row, a deep tree ends the process, and each target takes
 * memory for each row. Throws RangeError where the file is no protobuf.
 */
export function inspectTrees(model: Uint8Array): TreesFound {
  let columns = 0;
  for (const { op, attributes } of allNodes(model)) {
    if (!op.startsWith('TreeEnsemble')) continue;
    try {
      const targets = attributes.get('n_targets')?.int ?? 0;
      if (targets > FOREST_LIMITS.outputs) throw new TreeProblem(`it has ${targets} targets.`);
      columns = Math.max(columns, checkedColumns(treeNodesOf(op, attributes)));
    } catch (error) {
      if (!(error instanceof TreeProblem)) throw error;
      return { problem: `its ${op}: ${error.message}`, columns };
    }
  }
  return { problem: null, columns };
}

/** Those of graphs inside nodes and of functions as well. */
function* allNodes(bytes: Uint8Array): Generator<OnnxNode> {
  const { nodes, functionNodes } = readOnnxModel(bytes);
  const waiting: Iterable<OnnxNode>[] = [nodes, functionNodes];
  for (let some = waiting.pop(); some !== undefined; some = waiting.pop()) {
    for (const node of some) {
      yield node;
      for (const { graphs } of node.attributes.values())
        for (const graph of graphs) waiting.push(nodesOf(graph));
    }
  }
}

function checkedColumns(nodes: TreeNodes): number {
  let columns = 0;
  for (let i = 0; i < nodes.count; i++) {
    if (nodes.modes[i] === 'LEAF') continue;
    const feature = nodes.features[i]!;
    if (feature < 0) throw new TreeProblem(`a branch asks for column ${feature}.`);
    columns = Math.max(columns, feature + 1);
  }
  const depth = depthOf(nodes);
  if (depth === Infinity) throw new TreeProblem('a branch leads back to a node above it.');
  if (depth > DEEPEST_TREE)
    throw new TreeProblem(`a tree is ${depth} branches deep; we take ${DEEPEST_TREE}.`);
  return columns;
}

/**
 * Branches on the longest way down; Infinity where a way is endless. Takes away nodes that nothing leads to, again and again
 * (Kahn 1962): what cannot be taken away is a circle.
 */
function depthOf({ count, trueChild, falseChild }: TreeNodes): number {
  const sides = [trueChild, falseChild];
  const parents = new Uint32Array(count);
  for (const children of sides) {
    for (let i = 0; i < count; i++) if (children[i]! >= 0) parents[children[i]!]! += 1;
  }
  const free: number[] = [];
  for (let i = 0; i < count; i++) if (parents[i] === 0) free.push(i);
  const depth = new Uint32Array(count);
  let deepest = 0;
  let taken = 0;
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    taken += 1;
    deepest = Math.max(deepest, depth[next]!);
    for (const children of sides) {
      const child = children[next]!;
      if (child < 0) continue;
      depth[child] = Math.max(depth[child]!, depth[next]! + 1);
      if (--parents[child]! === 0) free.push(child);
    }
  }
  return taken < count ? Infinity : deepest;
}
