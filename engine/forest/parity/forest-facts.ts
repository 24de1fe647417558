import type { Forest } from '../forest.js';

/** What a forest is like, to show that the tests' models are of the kinds that they are meant to be. */
export interface ForestFacts {
  readonly trees: number;
  readonly singleLeaves: number;
  /** Branches above the deepest leaf. */
  readonly depth: number;
  readonly columns: number;
  readonly classes: number;
  /** Different thresholds of the column that has most. */
  readonly thresholds: number;
  /** Branches that send missing values left, and right. */
  readonly missingLeft: number;
  readonly missingRight: number;
  /** The largest absolute value in a leaf. */
  readonly largestLeaf: number;
}

export function factsOf(forest: Forest): ForestFacts {
  const { roots, feature, threshold, missingLeft, left, right, leaves } = forest;
  const below = new Uint32Array(feature.length);
  let depth = 0;
  // Preorder: parents come before their children.
  for (let node = 0; node < feature.length; node++) {
    depth = Math.max(depth, below[node]! + 1);
    for (const child of [left[node]!, right[node]!]) if (child >= 0) below[child] = below[node]! + 1;
  }
  const thresholds = new Map<number, Set<number>>();
  feature.forEach((column, node) => {
    const seen = thresholds.get(column);
    if (seen === undefined) thresholds.set(column, new Set([threshold[node]!]));
    else seen.add(threshold[node]!);
  });
  const toLeft = missingLeft.reduce((sum, x) => sum + x, 0);
  return {
    trees: roots.length,
    singleLeaves: roots.filter((root) => root < 0).length,
    depth,
    columns: forest.columns,
    classes: forest.classes,
    thresholds: [...thresholds.values()].reduce((most, seen) => Math.max(most, seen.size), 0),
    missingLeft: toLeft,
    missingRight: missingLeft.length - toLeft,
    largestLeaf: leaves.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  };
}

/** What many forests reach together: sums of trees, single leaves and missing branches, the most of everything else. */
export function factsOfAll(all: readonly ForestFacts[]): ForestFacts {
  const sum = (of: (facts: ForestFacts) => number) => all.reduce((total, facts) => total + of(facts), 0);
  const most = (of: (facts: ForestFacts) => number) =>
    all.reduce((top, facts) => Math.max(top, of(facts)), 0);
  return {
    trees: sum((f) => f.trees),
    singleLeaves: sum((f) => f.singleLeaves),
    depth: most((f) => f.depth),
    columns: most((f) => f.columns),
    classes: most((f) => f.classes),
    thresholds: most((f) => f.thresholds),
    missingLeft: sum((f) => f.missingLeft),
    missingRight: sum((f) => f.missingRight),
    largestLeaf: most((f) => f.largestLeaf),
  };
}
