/** A process of its own that holds one model in one runtime, classifies a tile, and says what memory that took at most. */
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { PIXELS } from '../season/feature-input.js';

export interface MemoryTask {
  readonly runtime: 'forest' | 'onnxruntime-node';
  /** Path of the ONNX file. */
  readonly model: string;
  /** Path of the tile: float32, column by column for the kernel, row by row for ONNX Runtime. */
  readonly tile: string;
}

/** @returns bytes. Each runtime's code is loaded by whom it is for only. */
async function run({ runtime, model, tile }: MemoryTask): Promise<number> {
  const bytes = await readFile(tile);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const onnx = await readFile(model);
  if (runtime === 'forest') {
    const { readOnnxForest } = await import('../../engine/forest/onnx/read-onnx-forest.js');
    const { openKernel } = await import('./kernel.js');
    const read = readOnnxForest(onnx, model);
    if ('unsupported' in read) throw new Error(read.unsupported);
    (await openKernel(read.forest)).probabilities(values, PIXELS);
  } else {
    const { openOnnxUser } = await import('./onnx-user.js');
    const user = await openOnnxUser(onnx, 'probabilities');
    await user.run(values, FEATURE_ORDER_V1.length, PIXELS);
  }
  return peakBytes();
}

/** Of this process alone: on Linux getrusage counts what the parent had when it forked. */
async function peakBytes(): Promise<number> {
  if (platform() !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

process.once('message', (task: MemoryTask) => {
  run(task).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }), // prettier-ignore
  );
});
