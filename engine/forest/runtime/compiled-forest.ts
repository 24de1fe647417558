import type { ForestLink } from '../forest.js';

/**
 * A forest as the kernel runs it: plain data, the image in shared memory, so that every worker copies from the same bytes.
 * Scores are sums of whole numbers: `score = sum · unit + base`.
 */
export interface CompiledForest {
  /** Columns of a row. */
  readonly columns: number;
  readonly outputs: number;
  /** Probabilities of a row. */
  readonly classes: number;
  readonly link: ForestLink;
  readonly base: Float64Array;
  /** What 1 stands for in the leaves: a power of two. */
  readonly unit: number;
  /** The columns that branches ask for, rising: what the kernel is given. */
  readonly used: Uint16Array;
  /** By node of the image: 1 where a NaN goes left. */
  readonly missingLeft: Uint8Array;
  /** Little-endian; layout: engine/forest/runtime/image.ts and engine/kernels/assembly/forest/model.ts. */
  readonly image: Uint8Array;
}
