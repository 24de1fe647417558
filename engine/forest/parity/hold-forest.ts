import type { Forest } from '../forest.js';
import { predictForest } from '../predict-forest.js';
import { complaintOf, differenceOf } from './difference.js';
import type { Difference } from './difference.js';
import { float32Doubts } from './float32-doubt.js';
import { serveForest } from './serve-forest.js';

/** Why compileForest leaves a forest of very large leaves to ONNX Runtime. */
export const LEAVES_TOO_FAR = /its leaves reach too far/;
/** Why it leaves one of very many thresholds to it. */
export const TOO_MANY_THRESHOLDS = /thresholds on feature \d+, more than 65535/;

/** Predictions of somebody else for the same rows. */
export interface Expectation {
  readonly by: string;
  /** Row-major, [count, classes]; rows of NaN are not compared. */
  readonly probabilities: Float64Array;
  /** Rows that may differ since their input is a rounding away from a threshold: they are counted. Default: none may. */
  readonly mayDiffer?: (row: number) => boolean;
}

export interface Held {
  /** Why the kernel leaves the forest to ONNX Runtime; null where it runs it. */
  readonly fallback: string | null;
  /** By pair: `ours against theirs`. */
  readonly differences: ReadonlyMap<string, Difference>;
  /** Rows that may differ and do. */
  readonly excused: number;
  /** Rows that are not compared since float32 cannot tell; only where leaves reach too far for the kernel. */
  readonly doubtful: number;
  /** What does not hold, a phrase each. */
  readonly complaints: readonly string[];
}

/**
 * Holds ONNX Runtime on the file that we write, the kernel and the plain prediction against one another and against
 * `expected`.
 * @param rows row-major, [count, columns]
 */
export async function holdForest(
  forest: Forest,
  rows: Float32Array,
  count: number,
  expected: readonly Expectation[] = [],
): Promise<Held> {
  const plain = predictForest(forest, rows, count);
  const { onnxruntime: onnx, kernel, fallback } = await serveForest(forest, rows, count);
  const ours = new Map([
    ['plain', plain],
    ['onnxruntime', onnx],
  ]);
  if (kernel !== null) ours.set('kernel', kernel);

  const doubts = fallback !== null && LEAVES_TOO_FAR.test(fallback) ? float32Doubts(forest) : () => false;
  const doubtful = Array.from({ length: count }, (_, row) =>
    doubts(rows.subarray(row * forest.columns, (row + 1) * forest.columns)),
  );

  const differences = new Map<string, Difference>();
  const complaints: string[] = [];
  const hold = (
    by: string,
    { by: theirs, probabilities }: Expectation,
    compare: (row: number) => boolean = () => true,
  ) => {
    const pair = `${by} against ${theirs}`;
    const difference = differenceOf(
      ours.get(by)!,
      probabilities,
      forest.classes,
      (row) => !doubtful[row]! && compare(row),
    );
    differences.set(pair, difference);
    const complaint = complaintOf(difference);
    if (complaint !== null) complaints.push(`${pair}: ${complaint}`);
  };
  for (const by of ours.keys()) {
    if (by !== 'plain') hold(by, { by: 'plain', probabilities: plain });
    if (by === 'kernel') hold(by, { by: 'onnxruntime', probabilities: onnx });
  }

  let excused = 0;
  const rowOf = (all: Float64Array, row: number) =>
    all.subarray(row * forest.classes, (row + 1) * forest.classes);
  for (const theirs of expected) {
    const { mayDiffer = () => false, probabilities } = theirs;
    const given = (row: number) => !Number.isNaN(probabilities[row * forest.classes]!);
    for (const by of ours.keys()) hold(by, theirs, (row) => given(row) && !mayDiffer(row));
    for (let row = 0; row < count; row++) {
      if (doubtful[row]! || !given(row) || !mayDiffer(row)) continue;
      const difference = differenceOf(rowOf(kernel ?? plain, row), rowOf(probabilities, row), forest.classes);
      if (complaintOf(difference) !== null) excused += 1;
    }
  }
  return { fallback, differences, excused, doubtful: doubtful.filter(Boolean).length, complaints };
}
