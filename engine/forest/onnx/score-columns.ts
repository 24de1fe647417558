import type { TreeEnsemble } from './tree-ensemble.js';
import { leafAt } from './tree-ensemble.js';

/** A tensor [N, columns.length] whose columns are linear in a tree ensemble's sums; then `link`, over each or all of them. */
export interface ScoreColumns {
  readonly kind: 'scores';
  readonly ensemble: TreeEnsemble;
  readonly columns: readonly ScoreColumn[];
  readonly link: 'none' | 'sigmoid' | 'softmax';
  readonly classNames: readonly string[] | null;
}

/** scale × the sum of one of the ensemble's outputs + offset. */
export interface ScoreColumn {
  readonly output: number;
  readonly scale: number;
  readonly offset: number;
}

/** A value that is no part of what we take, with the reason. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly reason: string;
}

export const opaque = (reason: string): Opaque => ({ kind: 'opaque', reason });

/**
 * What an ensemble's operator gives, as ONNX Runtime 1.30 computes it (tree_ensemble_aggregator.h): the specification leaves
 * open what two classes with one weight set, and base values that no leaf adds to, mean. Tests hold it against
 * onnxruntime-node.
 */
export function columnsOf(ensemble: TreeEnsemble): ScoreColumns | Opaque {
  const { op, outputs, postTransform } = ensemble;
  if (outputs < 1) return opaque(`its ${op} has no classes or targets`);
  if (postTransform !== 'NONE' && postTransform !== 'SOFTMAX' && postTransform !== 'LOGISTIC') {
    return opaque(`its ${op} ends with ${postTransform}`);
  }
  return op === 'TreeEnsembleClassifier' ? classifierColumns(ensemble) : regressorColumns(ensemble);
}

function regressorColumns(ensemble: TreeEnsemble): ScoreColumns | Opaque {
  const { op, outputs, baseValues, postTransform } = ensemble;
  if (baseValues.length !== 0 && baseValues.length !== outputs) {
    return opaque(`its ${op} has ${baseValues.length} base values for ${outputs} targets`);
  }
  if (outputs === 1) {
    if (postTransform !== 'NONE') return opaque(`its ${op} ends one target with ${postTransform}`);
    if (!hasOneWeightEach(ensemble)) return opaque(`its ${op} has leaves without a value of their own`);
  } else if (baseValues.some((base, k) => base !== 0 && !alwaysAdds(ensemble, k))) {
    return opaque(`its ${op} has base values for targets that leaves do not add to`);
  }
  return linked(ensemble, baseValues);
}

function classifierColumns(ensemble: TreeEnsemble): ScoreColumns | Opaque {
  const { op, nodes, outputs, baseValues, postTransform } = ensemble;
  if (outputs === 1) return opaque(`its ${op} knows one class only`);
  if (outputs > 2) {
    if (baseValues.length !== 0 && baseValues.length !== outputs) {
      return opaque(`its ${op} has ${baseValues.length} base values for ${outputs} classes`);
    }
    if (baseValues.length === 0 && !alwaysAdds(ensemble, null))
      return opaque(`its ${op} has leaves without a weight`);
    return linked(ensemble, baseValues);
  }
  if (baseValues.length > 1) return opaque(`its ${op} has ${baseValues.length} base values for two classes`);
  const base = baseValues[0] ?? 0;
  if (nodes.weightTarget.some((target) => target !== 0)) {
    // Rows that reach no weight of the second class would be treated as below.
    if (!alwaysAdds(ensemble, 1) || (base !== 0 && !alwaysAdds(ensemble, 0)))
      return opaque(`its ${op} has leaves without a weight for each class`);
    return linked(ensemble, [base, 0]);
  }
  // One weight set: a score where it is to be linked or has a negative weight, else a probability.
  const isLinked = postTransform === 'LOGISTIC';
  if (!isLinked && nodes.weights.some((weight) => weight < 0))
    return opaque(`its ${op} gives scores of two classes`);
  const score = { output: 0, scale: 1, offset: base };
  const other = { output: 0, scale: -1, offset: isLinked ? -base : 1 - base };
  const { classNames } = ensemble;
  return {
    kind: 'scores',
    ensemble,
    columns: [other, score],
    link: isLinked ? 'sigmoid' : 'none',
    classNames,
  };
}

/** One column for each output, then the post-transform over them. */
function linked(ensemble: TreeEnsemble, base: readonly number[]): ScoreColumns {
  const { outputs, average, trees, postTransform, classNames } = ensemble;
  const scale = average ? 1 / trees.length : 1;
  const columns = Array.from({ length: Math.min(outputs, MOST_COLUMNS) }, (_, output) => ({
    output,
    scale,
    offset: base[output] ?? 0,
  }));
  const link = ({ NONE: 'none', SOFTMAX: 'softmax', LOGISTIC: 'sigmoid' } as const)[
    postTransform as 'NONE' | 'SOFTMAX' | 'LOGISTIC'
  ];
  return { kind: 'scores', ensemble, columns, link, classNames };
}

/** A file may claim any number of targets; a forest with more than this is refused (FOREST_LIMITS.outputs). */
export const MOST_COLUMNS = 256;

function hasOneWeightEach({ nodes, trees, weightStart }: TreeEnsemble): boolean {
  return trees.every((places) =>
    places.every((place) => {
      const leaf = leafAt(nodes, place);
      return leaf < 0 || weightStart[leaf + 1]! - weightStart[leaf]! === 1;
    }),
  );
}

/** Whether every row gets a weight for an output, null: for any output. Some tree has one in all of its leaves. */
function alwaysAdds(ensemble: TreeEnsemble, output: number | null): boolean {
  const { nodes, trees, weightStart, weightOrder } = ensemble;
  const adds = (leaf: number) =>
    weightOrder
      .subarray(weightStart[leaf], weightStart[leaf + 1])
      .some((weight) => output === null || nodes.weightTarget[weight] === output);
  return trees.some((places) =>
    places.every((place) => {
      const leaf = leafAt(nodes, place);
      return leaf < 0 || adds(leaf);
    }),
  );
}
