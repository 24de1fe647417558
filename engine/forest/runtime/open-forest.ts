import type { Kernels } from '../../kernels/kernels.js';
import { compileKernels, createKernelMemory, instantiateKernels, STATIC_BYTES } from '../../kernels/load.js';
import { linkScores } from '../predict-forest.js';
import type { CompiledForest } from './compiled-forest.js';
import { planMemory } from './memory-plan.js';
import { walkImage } from './walk-image.js';

/** Rows at a time: enough for like ones to come together, few enough for memory. */
const ROWS = 16_384;
/** Values are ranked four at a time. */
const GROUP = 4;

/** A compiled forest in this thread. */
export interface ForestRunner {
  /**
   * A row's probabilities depend on that row only, to the last bit.
   * @param columns float32, column-major, [columns][count]; NaN and infinities included
   * @returns float32, row-major, [count][classes]
   */
  probabilities(columns: Float32Array, count: number): Float32Array;
}

let kernels: Promise<WebAssembly.Module> | undefined;

/** Takes its copy of the image and some megabytes to work in, which go when the runner goes. */
export async function openForest(forest: CompiledForest): Promise<ForestRunner> {
  kernels ??= compileKernels();
  return runnerOf(await kernels, forest);
}

function runnerOf(module: WebAssembly.Module, forest: CompiledForest): ForestRunner {
  const { used, outputs, classes, image } = forest;
  const plan = planMemory(STATIC_BYTES, [
    ['model', image.byteLength],
    ['input', 4 * used.length * ROWS],
    ['ranks', 2 * used.length * ROWS],
    ['order', 4 * ROWS],
    ['sums', 4 * outputs * ROWS],
    ['scratch', 0],
  ]);
  const memory = createKernelMemory(plan.scratch);
  const kernel: Kernels = instantiateKernels(module, memory);
  new Uint8Array(memory.buffer).set(image, plan.model);
  const scratch = Math.max(kernel.forestScratch(plan.model), kernel.forestOrderScratch(ROWS));
  const lacking = plan.scratch + scratch - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / 65_536));
  const input = new Float32Array(memory.buffer, plan.input, used.length * ROWS);
  const sums = new Int32Array(memory.buffer, plan.sums, outputs * ROWS);

  /** The sums of `rows` rows from `start`, in `sums`. */
  function run(columns: Float32Array, count: number, start: number, rows: number): void {
    const padded = Math.ceil(rows / GROUP) * GROUP;
    used.forEach((column, u) => {
      const from = column * count + start;
      input.set(columns.subarray(from, from + rows), u * padded);
      input.fill(0, u * padded + rows, (u + 1) * padded);
    });
    const hasNaN = kernel.forestRanks(plan.model, plan.input, padded, padded, plan.ranks) !== 0;
    kernel.forestOrder(plan.model, plan.ranks, padded, rows, plan.order, plan.scratch);
    kernel.forestScores(plan.model, plan.ranks, padded, plan.order, rows, plan.sums, plan.scratch);
    if (hasNaN) walkRowsWithNaN(rows, padded);
  }

  /** A rank says nothing of NaN, whose way each branch decides. */
  function walkRowsWithNaN(rows: number, padded: number): void {
    const row = new Float32Array(used.length);
    for (let i = 0; i < rows; i++) {
      let hasNaN = false;
      for (let u = 0; u < row.length; u++) {
        const value = input[u * padded + i]!;
        row[u] = value;
        if (Number.isNaN(value)) hasNaN = true;
      }
      if (hasNaN) sums.set(walkImage(forest, row), i * outputs);
    }
  }

  return {
    probabilities(columns, count) {
      const probabilities = new Float32Array(count * classes);
      for (let start = 0; start < count; start += ROWS) {
        const rows = Math.min(ROWS, count - start);
        run(columns, count, start, rows);
        linkSums(forest, sums, rows, probabilities.subarray(start * classes));
      }
      return probabilities;
    },
  };
}

/** @param sums int32, [rows][outputs]; @param out float32, [rows][classes] */
function linkSums(forest: CompiledForest, sums: Int32Array, rows: number, out: Float32Array): void {
  const { outputs, classes, unit, base } = forest;
  const scores = new Float64Array(outputs);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < outputs; k++) scores[k] = sums[i * outputs + k]! * unit + base[k]!;
    linkScores(forest, scores, out, i * classes);
  }
}
