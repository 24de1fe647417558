import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../errors.js';
import { codeStrip } from '../encode/strip-task.js';
import { runWarp } from '../raster-files/warp/kernel/run-warp.js';
import { instantiateKernels } from '../kernels/load.js';
import type { Kernels } from '../kernels/kernels.js';
import { STOP, type TaskAnswer, type TaskMessage } from './pool.js';
import { lowerThreadPriority } from './thread-priority.js';
import type { ArenaRef, TaskInput, TaskName, TaskOutput } from './tasks.js';
import { decodePlanes } from '../windows/decode-planes.js';
import { classify, learnBundle } from './handlers/classify.js';
import { encode } from './handlers/encode.js';
import { indexGrid } from './handlers/index-grid.js';
import { mask } from './handlers/mask.js';
import { project } from './handlers/project.js';
import { reduce } from './handlers/reduce.js';
import { smooth } from './handlers/smooth.js';
import { step } from './handlers/step.js';
import { tally } from './handlers/tally.js';

/** What a handler sees of its worker: kernels over the arena's memory, and the region that is its own. */
export interface WorkerArena {
  readonly kernels: Kernels;
  readonly buffer: ArrayBufferLike;
  readonly scratch: { readonly start: number; readonly bytes: number };
}

// Requests are answered while all cores compute.
lowerThreadPriority();

const { index, kernels: kernelModule } = workerData as { index: number; kernels: WebAssembly.Module };
const instances = new Map<number, Kernels>();

function openArena(arena: ArenaRef): WorkerArena {
  let kernels = instances.get(arena.id);
  if (kernels === undefined) {
    kernels = instantiateKernels(kernelModule, arena.memory);
    instances.set(arena.id, kernels);
  }
  const scratch = arena.scratch[index];
  if (scratch === undefined) throw new RangeError(`no scratch for worker ${index}`);
  return { kernels, buffer: arena.memory.buffer, scratch };
}

type Handler<K extends TaskName> = (input: TaskInput<K>) => TaskOutput<K> | Promise<TaskOutput<K>>;
const handlers: { readonly [K in TaskName]: Handler<K> } = {
  project: (input) => project(input),
  index: (input) => indexGrid(input, openArena(input.arena)),
  mask: (input) => mask(input, openArena(input.arena)),
  step: (input) => step(input, openArena(input.arena)),
  classify: (input) => classify(input, openArena(input.stack.arena)),
  smooth: (input) => smooth(input),
  encode: (input) => encode(input),
  strip: (input) => codeStrip(input),
  reduce: (input) => reduce(input),
  decode: ({ spec, bytes }) => decodePlanes(spec, bytes),
  tally: (input) => tally(input),
  warp: (input) => runWarp(input),
  bundle: (input) => learnBundle(input),
};

async function answer({ id, name, input }: TaskMessage): Promise<TaskAnswer> {
  try {
    const handler = handlers[name] as (input: unknown) => unknown;
    return { id, output: await handler(input) };
  } catch (error) {
    return { id, error: toErrorData(error) };
  }
}

/** What is sent without a copy: a decoded block is nobody else's. */
function handedOver(name: TaskName, result: TaskAnswer): ArrayBuffer[] {
  if (name !== 'decode' || 'error' in result) return [];
  const { buffer } = result.output as TaskOutput<'decode'>;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

const running = new Set<Promise<void>>();

parentPort?.on('message', (message: TaskMessage | typeof STOP) => {
  if (message === STOP) {
    void Promise.all(running).then(() => parentPort?.close());
    return;
  }
  const work = answer(message).then((result) => {
    running.delete(work);
    if (message.id !== 0) parentPort?.postMessage(result, handedOver(message.name, result));
  });
  running.add(work);
});
