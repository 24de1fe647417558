import { ForestBuilder } from '../forest-builder.js';
import type { SourceNode } from '../forest-builder.js';
import type { Forest, ForestLink } from '../forest.js';
import { nextDown } from '../round-threshold.js';

/** For tests only: forests that no library needs to train. */

/** 0 ≤ x < 1; Park and Miller's minimal standard generator. @param seed ≥ 1 */
export function randomNumbers(seed: number): () => number {
  let state = seed % 2147483647;
  const next = () => ((state = (state * 48271) % 2147483647), (state - 1) / 2147483646);
  // The first numbers of neighbouring seeds are close.
  for (let i = 0; i < 10; i++) next();
  return next;
}

export interface RandomForestShape {
  readonly columns: number;
  readonly trees: number;
  /** Branches of a tree; 0: single leaves. */
  readonly branches: number;
  /** Where a tree grows: at any leaf, at the first of the shallowest, always at the newest left or right one, or the same question in a whole level. */
  readonly growth: 'anywhere' | 'balanced' | 'left chain' | 'right chain' | 'symmetric';
  /** Different thresholds to choose from: of the first column so many, of the others at most. */
  readonly thresholds: number;
  readonly link: ForestLink;
  /** Probabilities: 2 to 255. */
  readonly classes: number;
  readonly vectorLeaves: boolean;
  readonly missing: 'left' | 'right' | 'mixed';
}

const FLOAT_EDGES = [
  0, -0, 1e-45, -1e-45, 1.1754943508222875e-38, 3.4028234663852886e38, -3.4028234663852886e38,
];

const ENDS = [...FLOAT_EDGES, Infinity, -Infinity];

/** Thresholds of each column: spread over magnitudes, few or neighbours, zeros and the ends of float32 among them. */
function thresholdsOf(shape: RandomForestShape, random: () => number): number[][] {
  return Array.from({ length: shape.columns }, (_, column) => {
    const scale = 10 ** (Math.floor(random() * 7) - 3);
    const neighbours = random() < 0.2;
    const count = column === 0 ? shape.thresholds : Math.max(1, Math.ceil(random() * shape.thresholds));
    const of = new Set<number>();
    let next = (random() - 0.5) * scale;
    while (of.size < count) {
      next = neighbours ? nextDown(next) : (random() - 0.5) * scale;
      of.add(random() < 0.02 ? ENDS[Math.floor(random() * ENDS.length)]! : Math.fround(next));
    }
    return [...of];
  });
}

type Growing = SourceNode & { depth: number };

/** One tree's nodes, root first. */
function grow(
  shape: RandomForestShape,
  thresholds: readonly (readonly number[])[],
  leafOf: () => number | number[],
  random: () => number,
): Growing[] {
  const nodes: Growing[] = [{ leaf: leafOf(), depth: 0 }];
  const leaves = [0];
  const questions: { feature: number; threshold: number; missingLeft: boolean }[] = [];
  const question = () => {
    const feature = Math.floor(random() * shape.columns);
    const of = thresholds[feature]!;
    return {
      feature,
      threshold: of[Math.floor(random() * of.length)]!,
      missingLeft: shape.missing === 'mixed' ? random() < 0.5 : shape.missing === 'left',
    };
  };
  const { growth } = shape;
  let first = 0;
  const takeLeaf = () => {
    if (growth === 'balanced' || growth === 'symmetric') return leaves[first++]!;
    const last = leaves.length - 1;
    const at =
      growth === 'anywhere'
        ? Math.floor(random() * leaves.length)
        : growth === 'left chain'
          ? Math.max(0, last - 1)
          : last;
    const id = leaves[at]!;
    leaves[at] = leaves[last]!;
    leaves.pop();
    return id;
  };
  for (let i = 0; i < shape.branches; i++) {
    const id = takeLeaf();
    const depth = nodes[id]!.depth;
    const asked = growth === 'symmetric' ? (questions[depth] ??= question()) : question();
    const left = nodes.push({ leaf: leafOf(), depth: depth + 1 }) - 1;
    const right = nodes.push({ leaf: leafOf(), depth: depth + 1 }) - 1;
    nodes[id] = { ...asked, left, right, depth };
    leaves.push(left, right);
  }
  return nodes;
}

/** Always the same forest for the same seed and shape. */
export function randomForest(seed: number, shape: RandomForestShape): Forest {
  const random = randomNumbers(seed);
  const { columns, link, classes, vectorLeaves, trees } = shape;
  const outputs = link === 'logistic' ? 1 : classes;
  const thresholds = thresholdsOf(shape, random);
  const value = () => {
    if (link !== 'identity') return ((random() - 0.5) * 8) / Math.sqrt(trees);
    return random() < 0.2 ? 0 : (random() * 2) / (trees * (vectorLeaves ? classes : 1));
  };
  const leafOf = () => (vectorLeaves ? Array.from({ length: outputs }, value) : value());
  const base = Array.from({ length: outputs }, () => (link === 'identity' ? 0 : random() - 0.5));
  const builder = new ForestBuilder('random', { columns, outputs, link, vectorLeaves, base });
  for (let tree = 0; tree < trees; tree++) {
    const nodes = grow(shape, thresholds, leafOf, random);
    builder.addTree(nodes.length, 0, (id) => nodes[id]!, tree % outputs, `tree ${tree}`);
  }
  return builder.build();
}

/**
 * Rows that end up all over a forest: values at its thresholds, a float32 step beside them, between them, and now and then
 * missing, infinite, zero or denormal.
 * @returns row-major, [count, columns]
 */
export function randomRows(seed: number, forest: Forest, count: number): Float32Array {
  const random = randomNumbers(seed);
  const { columns, feature, threshold } = forest;
  const of = Array.from({ length: columns }, () => [] as number[]);
  feature.forEach((f, node) => of[f]!.push(threshold[node]!));
  const odd = [NaN, NaN, NaN, ...ENDS];
  const rows = new Float32Array(count * columns);
  for (let row = 0; row < count; row++) {
    const oddShare = [0, 0, 0.05, 0.5][row % 4]!;
    for (let f = 0; f < columns; f++) {
      const at = of[f]![Math.floor(random() * of[f]!.length)] ?? 0;
      const kind = random();
      rows[row * columns + f] =
        random() < oddShare
          ? odd[Math.floor(random() * odd.length)]!
          : kind < 0.3
            ? at
            : kind < 0.4
              ? nextDown(at)
              : kind < 0.5
                ? -nextDown(-at)
                : at * (random() * 2);
    }
  }
  return rows;
}
