/**
 * A tree ensemble, whichever library trained it: what readers of model files make, what the ONNX writer writes and what the
 * forest runtime compiles. All trees' nodes lie in common arrays, tree by tree, each in preorder, and so do their
 * leaves; a child or root that is negative is the leaf `~child`.
 *
 * A row x goes left at node i where x[feature[i]] <= threshold[i]; where that value is NaN, it goes left if missingLeft[i] is
 * 1. Scores are the sums over trees of the leaves reached, plus `base`; probabilities are `link` of the scores.
 */
export interface Forest {
  /** Columns of a row. */
  readonly columns: number;
  /** Scores of a row. */
  readonly outputs: number;
  /** Probabilities of a row: `outputs`, or 2 where one score decides between two classes. */
  readonly classes: number;
  readonly link: ForestLink;
  /** Added to the scores, [outputs]. */
  readonly base: Float64Array;
  /** First node of each tree, or ~leaf where the tree is one leaf. */
  readonly roots: Int32Array;
  /** The score that a tree's leaves add to, by tree; null: each leaf holds a value for every score. */
  readonly treeOutput: Uint16Array | null;
  readonly feature: Uint16Array;
  /** Float32, rounded so that a float32 value decides as it did against the trainer's own number. */
  readonly threshold: Float32Array;
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Row-major, [leaves], or [leaves, outputs] where treeOutput is null. */
  readonly leaves: Float64Array;
}

/**
 * identity: scores are probabilities (random forests). softmax: over all scores. logistic: one score s, probabilities
 * [1 − σ(s), σ(s)].
 */
export type ForestLink = 'identity' | 'softmax' | 'logistic';

/** What a reader makes of a trainer's file. */
export interface ImportedModel {
  readonly forest: Forest;
  /** For people: `XGBoost JSON 2.1.4`. */
  readonly format: string;
  /** The columns' names where the file has some of its own; null where it has none or only made-up ones (f0, Column_0, …). */
  readonly featureNames: readonly string[] | null;
  /** The names of the probabilities' columns where the file has them as words; null where it has none or only 0, 1, 2, … */
  readonly classNames: readonly string[] | null;
}

/** @param file the name to use in errors. Throws GeoCropError `model-malformed`, `model-unsupported` or `model-too-large`. */
export type ModelReader = (bytes: Uint8Array, file: string) => ImportedModel;

/** More is refused: a file that asks for it is damaged or hostile. */
export const FOREST_LIMITS = {
  columns: 65_535,
  outputs: 255,
  trees: 1_000_000,
  nodes: 10_000_000,
  /** Values of all leaves together: 320 MB in float64. */
  leafValues: 40_000_000,
} as const;
