import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';

import { GeoCropError, messageOf } from '../errors.js';
import type { BundleMember } from './bundle.js';
import type { MemberRuntime } from './member-runtime.js';
import { openOnnxSession } from './onnx-session.js';

/**
 * Rows in every call of ONNX Runtime, the last one padded with zeros. Always the same number, because a row's result
 * depends on it: a linear model's probabilities differ in the last bit between one row and many (another matrix kernel).
 * A multiple of 16, so that vectorised loops over rows leave no rest. Larger batches are no faster (measured).
 */
export const BATCH_ROWS = 256;

/** Opens a member's ONNX model in this thread. @param width number of features, the columns of a row */
export async function createOnnxRuntime(
  member: Pick<BundleMember, 'file' | 'model' | 'inputName' | 'outputName'>,
  width: number,
): Promise<MemberRuntime> {
  const session = await openOnnxSession(member.model).catch((cause: unknown) => {
    throw failure(member.file, `ONNX Runtime does not load it: ${messageOf(cause)}`, cause);
  });
  return runtimeOfSession(session, member, width);
}

const failure = (file: string, what: string, cause?: unknown) =>
  new GeoCropError('inference-failed', `${file}: ${what}`, { cause, context: { file } });

/** The runtime of a session that is open already; closing it releases the session. */
export function runtimeOfSession(
  session: InferenceSession,
  member: Pick<BundleMember, 'file' | 'inputName' | 'outputName'>,
  width: number,
): MemberRuntime {
  const fail = (what: string, cause?: unknown) => failure(member.file, what, cause);

  /** Probabilities [BATCH_ROWS, C]. */
  async function runBatch(batch: Float32Array): Promise<{ data: Float32Array; classes: number }> {
    const input = new Tensor('float32', batch, [BATCH_ROWS, width]);
    let output: Tensor | undefined;
    try {
      const results = await session.run({ [member.inputName]: input }, [member.outputName]);
      output = results[member.outputName];
    } catch (cause) {
      throw fail(`ONNX Runtime cannot run it: ${messageOf(cause)}`, cause);
    }
    if (output === undefined || !(output.data instanceof Float32Array)) {
      throw fail(`gives no float32 tensor "${member.outputName}".`);
    }
    const [rows, classes] = output.dims;
    if (output.dims.length !== 2 || rows !== BATCH_ROWS || classes === undefined) {
      throw fail(`"${member.outputName}" has shape [${output.dims.join(', ')}] for ${BATCH_ROWS} rows.`);
    }
    return { data: output.data, classes };
  }

  return {
    async run(all) {
      const { count } = all;
      const rows = all.rows();
      // A buffer of this call's own: calls may overlap.
      const batch = new Float32Array(BATCH_ROWS * width);
      let probabilities = new Float32Array(0);
      for (let start = 0; start < count; start += BATCH_ROWS) {
        const size = Math.min(BATCH_ROWS, count - start);
        batch.set(rows.subarray(start * width, (start + size) * width));
        batch.fill(0, size * width);
        const { data, classes } = await runBatch(batch);
        if (start === 0) probabilities = new Float32Array(count * classes);
        probabilities.set(data.subarray(0, size * classes), start * classes);
      }
      return probabilities;
    },
    async close() {
      await session.release();
    },
  };
}
