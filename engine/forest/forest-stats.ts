import type { Forest } from './forest.js';

/** What a person wants to know of a forest. */
export interface ForestStats {
  readonly trees: number;
  readonly leaves: number;
  /** Comparisons on the longest way to a leaf. */
  readonly depth: number;
  /** Different comparisons: pairs of a column and a threshold. */
  readonly thresholds: number;
  readonly classes: number;
}

export function forestStats(forest: Forest): ForestStats {
  const { roots, treeOutput, outputs, leaves, classes } = forest;
  return {
    trees: roots.length,
    leaves: leaves.length / (treeOutput === null ? outputs : 1),
    depth: depthOf(forest),
    thresholds: countThresholds(forest),
    classes,
  };
}

function depthOf({ left, right }: Forest): number {
  // In preorder a parent comes before its children.
  const depth = new Uint32Array(left.length).fill(1);
  let deepest = 0;
  for (let node = 0; node < left.length; node++) {
    deepest = Math.max(deepest, depth[node]!);
    for (const child of [left[node]!, right[node]!]) if (child >= 0) depth[child] = depth[node]! + 1;
  }
  return deepest;
}

function countThresholds({ feature, threshold }: Forest): number {
  const bits = new Uint32Array(threshold.buffer, threshold.byteOffset, threshold.length);
  const keys = Float64Array.from(feature, (column, i) => column * 2 ** 32 + bits[i]!).sort();
  return keys.reduce((count, key, i) => count + (i === 0 || key !== keys[i - 1] ? 1 : 0), 0);
}
