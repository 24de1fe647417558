import type { Forest } from '../forest.js';
import { rankOf } from '../thresholds.js';

/** Buckets for each threshold, and how many at least and at most. */
const BUCKETS_PER_THRESHOLD = 16;
const LEAST_BUCKETS = 16;
const MOST_BUCKETS = 4096;

/** The thresholds that a forest compares one column with, and how to find a value's place among them. */
export interface RankTable {
  readonly column: number;
  /** Each once, rising. */
  readonly thresholds: Float32Array;
  /** Thresholds in lower buckets, [buckets + 1]. */
  readonly buckets: Uint16Array;
  readonly lowest: number;
  /** Buckets for each unit above the lowest threshold, float32. */
  readonly perUnit: number;
  /** Over thresholds of lower rank: sum of 2^-depth of the branches that compare with them, [thresholds + 1]. */
  readonly importance: Float32Array;
  /** Place of a threshold in `thresholds`. */
  rankOf(threshold: number): number;
}

/** A table for each column that some branch asks for, by column. */
export function rankTables(forest: Forest): RankTable[] {
  const depths = depthsOf(forest);
  const nodesOf = new Map<number, number[]>();
  forest.feature.forEach((column, node) => {
    const nodes = nodesOf.get(column);
    if (nodes === undefined) nodesOf.set(column, [node]);
    else nodes.push(node);
  });
  return [...nodesOf]
    .sort(([a], [b]) => a - b)
    .map(([column, nodes]) => tableOf(forest, column, nodes, depths));
}

function tableOf(forest: Forest, column: number, nodes: readonly number[], depths: Uint16Array): RankTable {
  const all = Float32Array.from(nodes, (node) => forest.threshold[node]!).sort();
  // 0 and −0 are one threshold.
  const thresholds = all.filter((t, i) => i === 0 || t !== all[i - 1]);
  const placeOf = (threshold: number) => rankOf(thresholds, threshold);
  const weights = new Float64Array(thresholds.length);
  for (const node of nodes) weights[placeOf(forest.threshold[node]!)]! += 2 ** -depths[node]!;
  const importance = new Float32Array(thresholds.length + 1);
  let sum = 0;
  weights.forEach((weight, i) => (importance[i + 1] = sum += weight));
  return {
    column,
    thresholds,
    ...bucketsOf(thresholds),
    importance,
    rankOf: placeOf,
  };
}

/** Levels above each node; trees lie in preorder, parents before children. */
function depthsOf({ feature, left, right }: Forest): Uint16Array {
  const depths = new Uint16Array(feature.length);
  for (let node = 0; node < feature.length; node++) {
    // Deeper than this, nothing weighs anything.
    const below = Math.min(depths[node]! + 1, 1000);
    for (const child of [left[node]!, right[node]!]) if (child >= 0) depths[child] = below;
  }
  return depths;
}

/** Buckets of equal width between the lowest and the highest threshold; one for all where that width is no number. */
function bucketsOf(thresholds: Float32Array): Pick<RankTable, 'buckets' | 'lowest' | 'perUnit'> {
  const lowest = thresholds[0]!;
  const span = thresholds[thresholds.length - 1]! - lowest;
  const wanted = Math.min(Math.max(BUCKETS_PER_THRESHOLD * thresholds.length, LEAST_BUCKETS), MOST_BUCKETS);
  const width = Math.fround(wanted / span);
  const even = Number.isFinite(lowest) && Number.isFinite(width) && width > 0;
  const [count, perUnit] = even ? [wanted, width] : [1, 0];
  const buckets = new Uint16Array(count + 1);
  for (const t of thresholds) buckets[bucketOf(t, lowest, perUnit, count) + 1]! += 1;
  for (let i = 0; i < count; i++) buckets[i + 1]! += buckets[i]!;
  return { buckets, lowest: even ? lowest : 0, perUnit };
}

/** As the kernel computes it, each step rounded to float32. */
function bucketOf(x: number, lowest: number, perUnit: number, count: number): number {
  const scaled = Math.fround(Math.fround(x - lowest) * perUnit);
  return Number.isNaN(scaled) ? 0 : Math.min(Math.max(Math.trunc(scaled), 0), count - 1);
}
