import { createKernelMemory, instantiateKernels, STATIC_BYTES } from '../../kernels/load.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { Forest } from '../forest.js';
import { linkScores } from '../predict-forest.js';
import type { CompiledForest } from './compiled-forest.js';

/** Rows at a time: enough for like ones to come together, few enough for the caches and for memory. */
const ROWS = 16_384;
/** Values are ranked four at a time. */
const GROUP = 4;

/** Runs one compiled forest in this thread. */
export interface ForestRunner {
  /**
   * Scores of rows: a row's depend on that row only.
   * @param columns float32, column-major, [columns][count], without NaN in the used columns
   * @returns int32, row-major, [count][outputs], in the compiled forest's units
   */
  scores(columns: Float32Array, count: number): Int32Array;
}

/** @param module the compiled kernels; the runner has a memory of its own */
export function createForestRunner(module: WebAssembly.Module, forest: CompiledForest): ForestRunner {
  const { used, outputs, image } = forest;
  const align = (bytes: number) => Math.ceil(bytes / 16) * 16;
  const model = align(STATIC_BYTES);
  const input = align(model + image.byteLength);
  const ranks = align(input + 4 * used.length * ROWS);
  const order = align(ranks + 2 * used.length * ROWS);
  const scores = align(order + 4 * ROWS);
  const scratch = align(scores + 4 * outputs * ROWS);

  const memory = createKernelMemory(scratch);
  const kernels: Kernels = instantiateKernels(module, memory);
  new Uint8Array(memory.buffer).set(image, model);
  const end = scratch + Math.max(kernels.forestScratch(model), kernels.forestOrderScratch(ROWS));
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  const inputs = new Float32Array(memory.buffer, input, used.length * ROWS);
  const results = new Int32Array(memory.buffer, scores, outputs * ROWS);

  return {
    scores(columns, count) {
      const all = new Int32Array(count * outputs);
      for (let start = 0; start < count; start += ROWS) {
        const rows = Math.min(ROWS, count - start);
        const padded = Math.ceil(rows / GROUP) * GROUP;
        used.forEach((column, u) => {
          const from = column * count + start;
          inputs.set(columns.subarray(from, from + rows), u * padded);
          inputs.fill(0, u * padded + rows, (u + 1) * padded);
        });
        kernels.forestRanks(model, input, padded, padded, ranks);
        kernels.forestOrder(model, ranks, padded, rows, order, scratch);
        kernels.forestScores(model, ranks, padded, order, rows, scores, scratch);
        all.set(results.subarray(0, rows * outputs), start * outputs);
      }
      return all;
    },
  };
}

/**
 * Probabilities from a runner's scores.
 * @returns float32, row-major, [count][classes]
 */
export function probabilitiesOf(
  forest: Pick<CompiledForest, 'link' | 'outputs' | 'classes' | 'unit' | 'base'>,
  sums: Int32Array,
  count: number,
): Float32Array {
  const { outputs, classes, unit, base } = forest;
  const probabilities = new Float32Array(count * classes);
  const scores = new Float64Array(outputs);
  const link: Pick<Forest, 'link' | 'outputs'> = forest;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < outputs; k++) scores[k] = sums[i * outputs + k]! * unit + base[k]!;
    linkScores(link, scores, probabilities, i * classes);
  }
  return probabilities;
}
