import { randomNumbers } from './random-forest.js';
import type { RandomForestShape } from './random-forest.js';

const GROWTHS = ['anywhere', 'balanced', 'left chain', 'right chain', 'symmetric'] as const;

/** For tests only: a shape for each seed, from one leaf to thousands of branches, small enough to try hundreds of them. */
export function randomShape(seed: number): RandomForestShape {
  const random = randomNumbers(seed);
  const pick = <T>(...of: readonly T[]) => of[Math.floor(random() * of.length)]!;
  const upTo = (most: number) => Math.ceil(Math.exp(random() * Math.log(most)));
  const growth = pick(...GROWTHS);
  const branches =
    growth === 'symmetric' ? 2 ** Math.floor(random() * 11) - 1 : pick(0, 1, upTo(12), upTo(100), upTo(5000));
  const link = pick('identity', 'softmax', 'logistic');
  const classes = link === 'logistic' ? 2 : pick(2, 3, 4, 5, upTo(20), upTo(255) + 1);
  const vectorLeaves = link !== 'logistic' && random() < 0.5;
  // Some hundred thousand nodes and leaf values at most.
  const perTree = (branches + 1) * (vectorLeaves ? classes : 1);
  const trees = Math.max(
    vectorLeaves || link === 'logistic' ? 1 : Math.min(classes, 20),
    upTo(Math.max(1, Math.min(300, 100_000 / perTree))),
  );
  return {
    columns: upTo(300),
    trees,
    branches,
    growth,
    thresholds: pick(1, 3, 20, 300, 5000),
    link,
    classes: Math.min(classes, 255),
    vectorLeaves,
    missing: pick('left', 'right', 'mixed'),
  };
}
