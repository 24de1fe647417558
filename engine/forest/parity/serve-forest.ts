import { compileMember } from '../../classes/compile-member.js';
import { createOnnxRuntime } from '../../classes/onnx-runtime.js';
import { RowBatch } from '../../classes/row-batch.js';
import type { Forest } from '../forest.js';
import { writeOnnxForest } from '../onnx/write-onnx-forest.js';
import { openForest } from '../runtime/open-forest.js';

/** For tests only: a forest on both runtimes, as a bundle's member comes to them. */
export interface ServedForest {
  /** What ONNX Runtime, on one thread, gives for the ONNX file that we write; row-major, [count, classes]. */
  readonly onnxruntime: Float64Array;
  /** What the kernel gives for the forest in that file; null where it leaves it to ONNX Runtime. */
  readonly kernel: Float64Array | null;
  /** Why it does. */
  readonly fallback: string | null;
}

/** @param rows row-major, [count, columns] */
export async function serveForest(forest: Forest, rows: Float32Array, count: number): Promise<ServedForest> {
  const file = 'forest.onnx';
  const model = writeOnnxForest(forest, 'forest');
  const ports = { inputName: 'features', outputName: 'probabilities' };
  const reference = await createOnnxRuntime({ file, model, ...ports }, forest.columns);
  try {
    const batch = RowBatch.ofRows(rows, forest.columns, count);
    const { compiled, fallback } = await compileMember(model, file, reference, forest.columns);
    const onnxruntime = Float64Array.from(await reference.run(batch));
    if (compiled === null) return { onnxruntime, kernel: null, fallback };
    const runner = await openForest(compiled);
    return { onnxruntime, kernel: Float64Array.from(runner.probabilities(batch.columns, count)), fallback };
  } finally {
    await reference.close();
  }
}
