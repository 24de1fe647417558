import type { Forest } from '../forest.js';
import { PARITY } from '../../classes/parity/agreement.js';
import { linkScores, scoresOf } from '../predict-forest.js';

/** Half a step of float32 at 1. */
const ROUNDING = 2 ** -24;

/**
 * Whether float32 can tell a row's probabilities at all. Trainers and ONNX Runtime add leaves up in float32, each in an order
 * of its own: with leaves of many thousands, their sums differ by whole units, and so do their answers where scores are close.
 * @returns by row: true where roundings alone may move a probability by more than the tolerance
 */
export function float32Doubts(forest: Forest): (row: Float32Array) => boolean {
  const { outputs, classes, base } = forest;
  const error = base.map((b, k) => ROUNDING * (treesOf(forest, k) + 2) * (Math.abs(b) + reachOf(forest, k)));
  const at = (scores: Float64Array) => {
    const probabilities = new Float64Array(classes);
    linkScores(forest, scores.slice(), probabilities, 0);
    return probabilities;
  };
  return (row) => {
    const scores = scoresOf(forest, row);
    const expected = at(scores);
    const moved = Array.from({ length: outputs }, (_, up) =>
      [1, -1].map((way) => at(scores.map((s, k) => s + (k === up ? way : -way) * error[k]!))),
    ).flat();
    return moved.some((other) => other.some((p, k) => !(Math.abs(p - expected[k]!) <= PARITY.difference)));
  };
}

const treesOf = ({ treeOutput, roots }: Forest, output: number) =>
  treeOutput === null ? roots.length : treeOutput.reduce((sum, k) => sum + (k === output ? 1 : 0), 0);

/** The largest absolute sum of an output's leaves, tree by tree. */
function reachOf({ treeOutput, leaves, left, roots, outputs }: Forest, output: number): number {
  let reach = 0;
  let end = leaves.length / (treeOutput === null ? outputs : 1);
  for (let tree = roots.length - 1; tree >= 0; tree--) {
    // Leaves lie in the order of the trees, the leftmost first.
    let node = roots[tree]!;
    while (node >= 0) node = left[node]!;
    const first = ~node;
    if (treeOutput === null || treeOutput[tree] === output) {
      let most = 0;
      for (let leaf = first; leaf < end; leaf++) {
        most = Math.max(most, Math.abs(leaves[treeOutput === null ? leaf * outputs + output : leaf]!));
      }
      reach += most;
    }
    end = first;
  }
  return reach;
}
