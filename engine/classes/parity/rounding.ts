import type { BundleData } from '../bundle.js';
import { agreementOf } from './agreement.js';
import { steppedFloat32 } from './float32-steps.js';
import type { Thresholds } from '../../forest/thresholds.js';
import { rankOf } from '../../forest/thresholds.js';

/** A feature's value moved across a threshold next to it. */
export interface Move {
  /** Of the bundle's features. */
  readonly column: number;
  /** As the table has it, float32, and as the other side reads it; both scaled where the bundle scales. */
  readonly value: number;
  readonly moved: number;
  /** The threshold between them: x <= threshold goes left. */
  readonly threshold: number;
}

/** Why two predictions of a row differ although both are right: the input lies a rounding away from thresholds. */
export interface Rounding {
  readonly moves: readonly Move[];
  /** What the served runtime says of the moved row, [classes] by served id. */
  readonly probabilities: Float64Array;
}

/** How far a float32 may be off: one rounding of the table's number, and one of the threshold. */
const STEPS = [1, -1, 2, -2] as const;
/** Moved rows that are tried for a row: every single move, then pairs and more of those that change anything. */
const MOST_TRIED = 256;

export interface RoundingInput {
  /** The row's features as the table has them, float32, [features]. */
  readonly values: Float32Array;
  readonly scaler: BundleData['scaler'];
  readonly thresholds: Thresholds;
  /** The served runtime: rows as the model takes them, [count, features], to [count, classes] by served id. */
  readonly run: (rows: Float32Array, count: number) => Promise<Float64Array>;
  /** The row's own probabilities by the served runtime, and the others', [classes]. */
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
}

/**
 * Looks for the proof: moves of the input, each by one or two float32 steps and across a threshold, with which the served
 * runtime gives the others' probabilities. A difference that no such move explains is none of rounding, however near the
 * input may be to a threshold. Null where there is none.
 */
export async function findRounding(input: RoundingInput): Promise<Rounding | null> {
  const { ours, theirs } = input;
  const classes = ours.length;
  const row = scaledRow(input.values, input.scaler);
  const singles = movesOf(input, row);
  const useful: Move[] = [];
  for (const [move, probabilities] of await tryMoves(
    input,
    row,
    singles.map((move) => [move]),
  )) {
    if (agreementOf(probabilities, theirs, 0, classes).good) return { moves: move, probabilities };
    if (probabilities.some((p, c) => p !== ours[c])) useful.push(...move);
  }
  const together = combinations(useful, MOST_TRIED - singles.length);
  for (const [moves, probabilities] of await tryMoves(input, row, together)) {
    if (agreementOf(probabilities, theirs, 0, classes).good) return { moves, probabilities };
  }
  return null;
}

/** docs/architecture.md, "Bundles": fround((x − mean) / scale), computed in float64. */
export function scaledRow(values: Float32Array, scaler: BundleData['scaler']): Float32Array {
  if (scaler === null) return values;
  return values.map((x, f) => (x - scaler.mean[f]!) / scaler.scale[f]!);
}

/** The single moves that cross a threshold, nearest first; of those that decide alike, one. */
function movesOf({ values, scaler, thresholds }: RoundingInput, row: Float32Array): Move[] {
  const moves: Move[] = [];
  row.forEach((value, column) => {
    const own = thresholds[column] ?? new Float32Array(0);
    const rank = rankOf(own, value);
    const reached = new Set([rank]);
    for (const steps of STEPS) {
      const sources = [steppedFloat32(value, steps)];
      // The rounding may be the table's, before scaling.
      if (scaler !== null) {
        const source = steppedFloat32(values[column]!, steps);
        sources.push(Math.fround((source - scaler.mean[column]!) / scaler.scale[column]!));
      }
      for (const moved of sources) {
        const other = rankOf(own, moved);
        if (reached.has(other)) continue;
        reached.add(other);
        moves.push({ column, value, moved, threshold: own[other > rank ? rank : rank - 1]! });
      }
    }
  });
  return moves.slice(0, MOST_TRIED);
}

async function tryMoves(
  { run, ours }: RoundingInput,
  row: Float32Array,
  trials: readonly (readonly Move[])[],
): Promise<(readonly [readonly Move[], Float64Array])[]> {
  if (trials.length === 0) return [];
  const rows = new Float32Array(trials.length * row.length);
  trials.forEach((moves, i) => {
    rows.set(row, i * row.length);
    for (const { column, moved } of moves) rows[i * row.length + column] = moved;
  });
  const probabilities = await run(rows, trials.length);
  return trials.map((moves, i) => [moves, probabilities.slice(i * ours.length, (i + 1) * ours.length)]);
}

/** Pairs, then threes and so on of moves of different columns, at most `limit`. */
function combinations(moves: readonly Move[], limit: number): Move[][] {
  const found: Move[][] = [];
  let shorter: (readonly Move[])[] = moves.map((move) => [move]);
  while (shorter.length > 0 && found.length < limit) {
    const longer: Move[][] = [];
    for (const some of shorter) {
      const last = moves.indexOf(some.at(-1)!);
      for (const move of moves.slice(last + 1)) {
        if (some.some(({ column }) => column === move.column)) continue;
        if (found.length + longer.length >= limit) return [...found, ...longer];
        longer.push([...some, move]);
      }
    }
    found.push(...longer);
    shorter = longer;
  }
  return found;
}
