import type { Forest } from '../forest.js';

/** Sums are signed numbers of 32 bits. */
const LARGEST_SUM = 2 ** 31 - 1;
/** Leaves are not made finer than this: float32 trainers' own leaves have 24 bits. */
const FINEST = 2 ** -40;
/**
 * How far the rounding of leaves may move a score, six standard deviations of a sum of evenly spread errors. Through softmax or
 * logistic a probability moves by half of it at most.
 */
const LARGEST_ERROR = { identity: 1e-5, softmax: 2e-5, logistic: 2e-5 } as const;

/**
 * The power of two that leaves are counted in: so fine that no score's sum can leave 32 bits; null where that is too coarse to
 * give the trainer's probabilities.
 */
export function chooseUnit(forest: Forest): number | null {
  const { reach, trees } = reachOf(forest);
  // Each tree's rounding adds a half at most.
  const finest = reach / (LARGEST_SUM - trees);
  const unit = Math.max(2 ** Math.ceil(Math.log2(finest || FINEST)), FINEST);
  const deviation = unit * Math.sqrt(trees / 12);
  return 6 * deviation <= LARGEST_ERROR[forest.link] && Number.isFinite(reach) ? unit : null;
}

/** The largest absolute sum that any score could reach, and the most trees that add to one. */
function reachOf(forest: Forest): { reach: number; trees: number } {
  const { outputs, treeOutput } = forest;
  const [highest, lowest, counts] = [0, 0, 0].map(() => new Float64Array(outputs));
  forEachTreesLeaves(forest, (tree, first, end) => {
    for (let k = 0; k < outputs; k++) {
      if (treeOutput !== null && treeOutput[tree] !== k) continue;
      let [most, least] = [-Infinity, Infinity];
      for (let leaf = first; leaf < end; leaf++) {
        const value = forest.leaves[treeOutput === null ? leaf * outputs + k : leaf]!;
        most = Math.max(most, value);
        least = Math.min(least, value);
      }
      // Partial sums count too: a tree that only lowers raises nothing.
      highest![k]! += Math.max(most, 0);
      lowest![k]! += Math.min(least, 0);
      counts![k]! += 1;
    }
  });
  return {
    reach: Math.max(...highest!, ...lowest!.map((x) => -x)),
    trees: Math.max(...counts!),
  };
}

/** Leaves lie tree by tree, in the order in which preorder comes to them. */
function forEachTreesLeaves(forest: Forest, visit: (tree: number, first: number, end: number) => void): void {
  const width = forest.treeOutput === null ? forest.outputs : 1;
  let end = forest.leaves.length / width;
  for (let tree = forest.roots.length - 1; tree >= 0; tree--) {
    let node = forest.roots[tree]!;
    while (node >= 0) node = forest.left[node]!;
    visit(tree, ~node, end);
    end = ~node;
  }
}
