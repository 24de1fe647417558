import type { Forest } from '../forest.js';

/** Leaf numbers are two bytes at most. */
const MOST_LEVELS = 16;

export interface ObliviousLevels {
  /** One node for each level, the root's first. */
  readonly nodes: readonly number[];
  /** Its leaves lie from here on, from left to right. */
  readonly firstLeaf: number;
}

/**
 * The levels of a tree that asks the same question on all branches of a level and has all its leaves, as CatBoost grows
 * them; null for any other tree.
 */
export function levelsOf(forest: Forest, root: number): ObliviousLevels | null {
  const { feature, threshold, missingLeft, left, right } = forest;
  if (root < 0) return null;
  const nodes: number[] = [];
  let level = [root];
  while (level[0]! >= 0) {
    const first = level[0]!;
    const alike = (node: number) =>
      node >= 0 &&
      feature[node] === feature[first] &&
      threshold[node] === threshold[first] &&
      missingLeft[node] === missingLeft[first];
    if (nodes.length === MOST_LEVELS || !level.every(alike)) return null;
    nodes.push(first);
    level = level.flatMap((node) => [left[node]!, right[node]!]);
  }
  const firstLeaf = ~level[0]!;
  return level.every((leaf, i) => leaf === ~(firstLeaf + i)) ? { nodes, firstLeaf } : null;
}
