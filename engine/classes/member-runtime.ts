import type { RowBatch } from './row-batch.js';

/**
 * What turns rows into one member's probabilities: the forest kernel for trees, ONNX Runtime for all else. A row's
 * probabilities depend on that row only: not on its place, its neighbours or the batch's size.
 */
export interface MemberRuntime {
  /** @returns float32, row-major, count · C: the member's own classes in its own order */
  run(batch: RowBatch): Promise<Float32Array>;
  close(): Promise<void>;
}
