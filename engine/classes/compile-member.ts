import type { CompiledForest } from '../forest/runtime/compiled-forest.js';
import { compileForest } from '../forest/runtime/compile-forest.js';
import type { Forest } from '../forest/forest.js';
import { openForest } from '../forest/runtime/open-forest.js';
import { trialRowsOf } from '../forest/runtime/trial-rows.js';
import { readOnnxForest } from '../forest/onnx/read-onnx-forest.js';
import type { MemberRuntime } from './member-runtime.js';
import { PARITY, agreementOf } from './parity/agreement.js';
import { RowBatch } from './row-batch.js';

/** What runs a member: its trees compiled for the kernel, or ONNX Runtime and why. */
export type MemberPlan =
  | { readonly compiled: CompiledForest; readonly fallback: null }
  | { readonly compiled: null; readonly fallback: string };

/** Rows of the comparison: some thousands, spread over the model's own thresholds. */
const TRIAL_ROWS = 4096;

/**
 * Compiles a member's trees for the kernel and holds the result against ONNX Runtime: a model is never served with other
 * answers than those. Blocks its thread for up to a second with the largest models. Throws what readOnnxForest throws.
 * @param reference the same model on ONNX Runtime
 * @param features columns of its input
 */
export async function compileMember(
  model: Uint8Array,
  file: string,
  reference: MemberRuntime,
  features: number,
): Promise<MemberPlan> {
  const fallback = (why: string): MemberPlan => ({ compiled: null, fallback: why });
  const found = readOnnxForest(model, file);
  if ('unsupported' in found) return fallback(found.unsupported);
  const { forest } = found;
  if (forest.columns !== features) {
    return fallback(`its trees are of ${forest.columns} columns, not ${features}`);
  }
  const compiled = compileForest(forest);
  if ('unsupported' in compiled) return fallback(compiled.unsupported);
  const difference = await compare(forest, compiled, reference);
  return difference === null ? { compiled, fallback: null } : fallback(difference);
}

/** In words, how the kernel differs from the reference; null where it does not. */
async function compare(
  forest: Forest,
  compiled: CompiledForest,
  reference: MemberRuntime,
): Promise<string | null> {
  const batch = RowBatch.ofRows(trialRowsOf(forest, TRIAL_ROWS), forest.columns, TRIAL_ROWS);
  const expected = await reference.run(batch);
  const got = (await openForest(compiled)).probabilities(batch.columns, TRIAL_ROWS);
  return differenceOf(expected, got, forest.classes);
}

/** The first row whose probabilities or label differ, in words; null where none does. */
export function differenceOf(expected: Float32Array, got: Float32Array, classes: number): string | null {
  if (expected.length !== got.length) return `it gives ${got.length} probabilities, not ${expected.length}`;
  for (let at = 0; at < got.length; at += classes) {
    const { difference, good } = agreementOf(got, expected, at, classes);
    if (!(difference <= PARITY.difference)) {
      const apart = Number.isFinite(difference) ? difference.toExponential(1) : 'NaN';
      return `a trial row's probabilities differ from ONNX Runtime's by ${apart}`;
    }
    if (!good) return "a trial row's class differs from ONNX Runtime's";
  }
  return null;
}
