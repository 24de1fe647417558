import type { Forest } from './forest.js';

/**
 * Scores before the link, in float64, trees added in their order: the plain way, which the kernel and other people's runtimes
 * are held against.
 * @param row float32 values, length ≥ columns
 * @returns [outputs]
 */
export function scoresOf(forest: Forest, row: Float32Array): Float64Array {
  const { outputs, roots, treeOutput, leaves, base } = forest;
  const scores = new Float64Array(outputs);
  for (let tree = 0; tree < roots.length; tree++) {
    const leaf = leafOf(forest, tree, row);
    if (treeOutput !== null) scores[treeOutput[tree]!]! += leaves[leaf]!;
    else for (let k = 0; k < outputs; k++) scores[k]! += leaves[leaf * outputs + k]!;
  }
  for (let k = 0; k < outputs; k++) scores[k]! += base[k]!;
  return scores;
}

/** The leaf that a row reaches in a tree. */
export function leafOf(forest: Forest, tree: number, row: Float32Array): number {
  const { roots, feature, threshold, missingLeft, left, right } = forest;
  let node = roots[tree]!;
  while (node >= 0) {
    const x = row[feature[node]!]!;
    const goesLeft = x <= threshold[node]! || (Number.isNaN(x) && missingLeft[node] === 1);
    node = goesLeft ? left[node]! : right[node]!;
  }
  return ~node;
}

/**
 * Probabilities from scores, in float64.
 * @param scores [outputs]; used up
 * @param out [classes] from `at` on
 */
export function linkScores(
  forest: Pick<Forest, 'link' | 'outputs'>,
  scores: Float64Array,
  out: Float32Array | Float64Array,
  at: number,
): void {
  const { link, outputs } = forest;
  if (link === 'identity') {
    for (let k = 0; k < outputs; k++) out[at + k] = scores[k]!;
  } else if (link === 'logistic') {
    const odds = Math.exp(-Math.abs(scores[0]!));
    const [less, more] = [odds / (1 + odds), 1 / (1 + odds)];
    out[at] = scores[0]! > 0 ? less : more;
    out[at + 1] = scores[0]! > 0 ? more : less;
  } else {
    let top = scores[0]!;
    for (let k = 1; k < outputs; k++) top = Math.max(top, scores[k]!);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += scores[k] = Math.exp(scores[k]! - top);
    for (let k = 0; k < outputs; k++) out[at + k] = scores[k]! / sum;
  }
}

/**
 * Probabilities of rows by the plain way.
 * @param rows float32, row-major, [count, columns]
 * @returns float64, row-major, [count, classes]
 */
export function predictForest(forest: Forest, rows: Float32Array, count: number): Float64Array {
  const { columns, classes } = forest;
  const probabilities = new Float64Array(count * classes);
  for (let i = 0; i < count; i++) {
    const scores = scoresOf(forest, rows.subarray(i * columns, (i + 1) * columns));
    linkScores(forest, scores, probabilities, i * classes);
  }
  return probabilities;
}
