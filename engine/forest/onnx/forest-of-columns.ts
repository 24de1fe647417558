import { ForestBuilder } from '../forest-builder.js';
import type { SourceNode } from '../forest-builder.js';
import type { Forest } from '../forest.js';
import { nextDown } from '../round-threshold.js';
import { unscaledThreshold } from './input-scaling.js';
import { opaque } from './score-columns.js';
import type { Opaque, ScoreColumn, ScoreColumns } from './score-columns.js';
import { leafAt } from './tree-ensemble.js';
import type { TreeEnsemble } from './tree-ensemble.js';
import type { TreeNodes } from './tree-nodes.js';

/**
 * The forest that gives the same probabilities as a graph's columns, or why there is none. Throws what ForestBuilder throws.
 * @param columns of the graph's input
 */
export function forestOfColumns(scores: ScoreColumns, columns: number, file: string): Forest | Opaque {
  const { ensemble } = scores;
  const { op, trees } = ensemble;
  if (scores.columns.length < 2) return opaque('its probabilities are one column, not one for each class');
  const kept = scores.link === 'sigmoid' ? decidingColumn(scores) : scores.columns;
  if (kept === null) return opaque(`its ${op} gives each class a LOGISTIC of its own`);

  const leaves = new LeafValues(ensemble, kept);
  const targets = trees.map((places) => leaves.targetOf(places));
  const vectorLeaves = targets.includes(null);
  const builder = new ForestBuilder(file, {
    columns,
    outputs: kept.length,
    link: ({ none: 'identity', softmax: 'softmax', sigmoid: 'logistic' } as const)[scores.link],
    base: kept.map(({ offset }) => offset),
    vectorLeaves,
  });
  const idOf = new Int32Array(ensemble.nodes.count);
  trees.forEach((places, tree) => {
    places.forEach((place, id) => (idOf[place] = id));
    const target = targets[tree]!;
    const read = (id: number): SourceNode => {
      const leaf = leafAt(ensemble.nodes, places[id]!);
      if (leaf >= 0) return { leaf: vectorLeaves ? leaves.all(leaf) : leaves.one(leaf, target) };
      const branch = branchAt(ensemble.nodes, places[id]!, idOf);
      if (ensemble.scaling === null) return branch;
      return { ...branch, threshold: unscaledThreshold(ensemble.scaling, branch.feature, branch.threshold) };
    };
    builder.addTree(places.length, 0, read, target, `${op}, tree ${tree}`);
  });
  return builder.build();
}

type Branch = Exclude<SourceNode, { leaf: unknown }>;

/** The column s of [σ(−s), σ(s)]; null where two columns are not each other's opposite. */
function decidingColumn({ ensemble, columns }: ScoreColumns): [ScoreColumn] | null {
  const [other, score, ...more] = columns;
  if (other === undefined || score === undefined || more.length > 0) return null;
  if (other.offset !== -score.offset) return null;
  const leaves = new LeafValues(ensemble, [other, score]);
  const opposite = ensemble.trees.every((places) =>
    places.every((place) => {
      const leaf = leafAt(ensemble.nodes, place);
      if (leaf < 0) return true;
      const [a, b] = leaves.all(leaf);
      return a === -b!;
    }),
  );
  return opposite ? [score] : null;
}

/** What leaves add to columns. */
class LeafValues {
  /** Of each output of the ensemble, the columns that it is in. */
  private readonly columnsOf = new Map<number, number[]>();

  constructor(
    private readonly ensemble: TreeEnsemble,
    private readonly columns: readonly ScoreColumn[],
  ) {
    columns.forEach(({ output }, column) => {
      this.columnsOf.set(output, [...(this.columnsOf.get(output) ?? []), column]);
    });
  }

  /** The one column that all leaves of a tree add to, the first where they add to none; null: there are several. */
  targetOf(places: Int32Array): number | null {
    if (this.columns.length === 1) return 0;
    const { nodes } = this.ensemble;
    let target: number | null = null;
    for (const place of places) {
      const leaf = leafAt(nodes, place);
      if (leaf < 0) continue;
      for (const weight of this.weightsOf(leaf)) {
        for (const column of this.columnsOf.get(nodes.weightTarget[weight]!) ?? []) {
          if (target !== null && target !== column) return null;
          target = column;
        }
      }
    }
    return target ?? 0;
  }

  /** [columns] */
  all(leaf: number): number[] {
    const values = new Array<number>(this.columns.length).fill(0);
    const { nodes } = this.ensemble;
    for (const weight of this.weightsOf(leaf)) {
      for (const column of this.columnsOf.get(nodes.weightTarget[weight]!) ?? []) {
        values[column]! += this.columns[column]!.scale * nodes.weights[weight]!;
      }
    }
    return values;
  }

  one(leaf: number, column: number): number {
    return this.all(leaf)[column]!;
  }

  private weightsOf(leaf: number): Int32Array {
    const { weightStart, weightOrder } = this.ensemble;
    return weightOrder.subarray(weightStart[leaf], weightStart[leaf + 1]);
  }
}

/**
 * A branch as x <= threshold. In ONNX a comparison with NaN is false unless the node says that NaN takes the true branch.
 * @param idOf ids of nodes by place
 */
function branchAt(nodes: TreeNodes, place: number, idOf: Int32Array): Branch {
  const mode = nodes.modes[place]!;
  const value = Math.fround(nodes.thresholds[place]!);
  const missingTrue = nodes.tracksTrue[place] === 1;
  const whenTrue = idOf[nodes.trueChild[place]!]!;
  const whenFalse = idOf[nodes.falseChild[place]!]!;
  const feature = nodes.features[place]!;
  // x <= threshold is what the node asks, or its opposite.
  const asked = (threshold: number): Branch => ({
    feature,
    threshold,
    missingLeft: missingTrue,
    left: whenTrue,
    right: whenFalse,
  });
  const opposite = (threshold: number): Branch => ({
    feature,
    threshold,
    missingLeft: !missingTrue,
    left: whenFalse,
    right: whenTrue,
  });
  // Every number is <= ∞: what holds for none, and for all.
  if (Number.isNaN(value)) return opposite(Infinity);
  if (mode === 'BRANCH_LEQ') return asked(value);
  if (mode === 'BRANCH_GT') return opposite(value);
  if (value === -Infinity) return mode === 'BRANCH_LT' ? opposite(Infinity) : asked(Infinity);
  return mode === 'BRANCH_LT' ? asked(nextDown(value)) : opposite(nextDown(value));
}
