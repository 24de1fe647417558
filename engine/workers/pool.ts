import { Worker } from 'node:worker_threads';
import { GeoCropError, fromErrorData, type ErrorData } from '../errors.js';
import type { TaskInput, TaskName, TaskOutput } from './tasks.js';

export interface WorkerPoolOptions {
  /** Threads; at least 1. */
  readonly threads: number;
  /** Compiled once on the main thread, instantiated by each worker. */
  readonly kernels: WebAssembly.Module;
  /** Another script for the threads: tests want one that dies. */
  readonly entry?: URL;
  /** A thread starts with the first task that it is needed for; else all do at once, and know what they must when one comes. */
  readonly lazy?: boolean;
}

/** Sent to a worker for a task, and what it answers. Setup messages have id 0 and no answer. */
export interface TaskMessage {
  readonly id: number;
  readonly name: TaskName;
  readonly input: unknown;
}
/** Sent last: the worker ends by itself once nothing runs in it any more. */
export const STOP = 'stop';
export type TaskAnswer =
  { readonly id: number; readonly output: unknown } | { readonly id: number; readonly error: ErrorData };

interface Pending {
  readonly message: TaskMessage;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  /** null: it has not started, or it died; started when there is a task for it, so that one that cannot start does not spin. */
  worker: Worker | null;
  task: Pending | null;
}

/**
 * Worker threads that do the heavy arithmetic, one task at a time each, in the order of arrival. A thread that dies fails
 * its task only, and is replaced. Idle threads do not keep the process alive.
 */
export class WorkerPool {
  readonly threads: number;
  readonly #slots: Slot[] = [];
  readonly #waiting: Pending[] = [];
  readonly #setups: TaskMessage[] = [];
  #nextId = 1;
  #closed = false;

  constructor(private readonly options: WorkerPoolOptions) {
    this.threads = Math.max(1, options.threads);
    for (let index = 0; index < this.threads; index += 1) {
      this.#slots.push({ worker: options.lazy === true ? null : this.#start(index), task: null });
    }
  }

  run<K extends TaskName>(name: K, input: TaskInput<K>): Promise<TaskOutput<K>> {
    if (this.#closed) return Promise.reject(stopping());
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        message: { id: this.#nextId++, name, input },
        resolve: resolve as (output: unknown) => void,
        reject,
      });
      this.#dispatch();
    });
  }

  /** Something that every worker must know (a model): sent to all, and to each that is started later. */
  setup<K extends TaskName>(name: K, input: TaskInput<K>): void {
    const message: TaskMessage = { id: 0, name, input };
    this.#setups.push(message);
    for (const slot of this.#slots) slot.worker?.postMessage(message);
  }

  /** Waiting and running tasks are rejected; the threads end. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const pending of this.#waiting.splice(0)) pending.reject(stopping());
    await Promise.all(
      this.#slots.map(async (slot) => {
        slot.task?.reject(stopping());
        slot.task = null;
        if (slot.worker !== null) await end(slot.worker);
      }),
    );
  }

  #start(index: number): Worker {
    const worker = new Worker(this.options.entry ?? new URL('./worker-entry.js', import.meta.url), {
      workerData: { index, kernels: this.options.kernels },
    });
    worker.on('message', (answer: TaskAnswer) => this.#finish(index, answer));
    worker.on('error', (cause) => this.#lose(index, cause));
    worker.on('messageerror', (cause) => this.#lose(index, cause));
    worker.on('exit', () => this.#lose(index, undefined));
    for (const message of this.#setups) worker.postMessage(message);
    worker.unref();
    return worker;
  }

  #finish(index: number, answer: TaskAnswer): void {
    const slot = this.#slots[index];
    const task = slot?.task;
    if (slot === undefined || !task || task.message.id !== answer.id) return;
    slot.task = null;
    slot.worker?.unref();
    if ('error' in answer) task.reject(fromErrorData(answer.error));
    else task.resolve(answer.output);
    this.#dispatch();
  }

  #lose(index: number, cause: unknown): void {
    const slot = this.#slots[index];
    if (slot === undefined || this.#closed) return;
    const task = slot.task;
    slot.task = null;
    slot.worker?.removeAllListeners();
    slot.worker?.on('error', () => undefined);
    void slot.worker?.terminate();
    slot.worker = null;
    task?.reject(
      new GeoCropError('internal', `A compute thread died in "${task.message.name}".`, {
        cause,
        hint: 'If it happens again, the machine may be short of memory; the log has the reason.',
      }),
    );
    this.#dispatch();
  }

  #dispatch(): void {
    for (const [index, slot] of this.#slots.entries()) {
      while (slot.task === null) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        slot.worker ??= this.#start(index);
        try {
          slot.worker.postMessage(next.message);
        } catch (error) {
          // What cannot be cloned fails by itself; the thread never saw it.
          next.reject(error);
          continue;
        }
        slot.task = next;
        slot.worker.ref();
      }
    }
  }
}

/** What runs when a pool is closed may take this long; then its thread is cut off. Milliseconds. */
const END_MS = 2000;

/** A thread that is cut off while native code loads a model takes the whole process with it: it is let finish. */
async function end(worker: Worker): Promise<void> {
  if (worker.threadId < 0) return;
  worker.ref();
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
    timer = setTimeout(resolve, END_MS);
    worker.postMessage(STOP);
  });
  clearTimeout(timer);
  await worker.terminate();
}

function stopping(): GeoCropError {
  return new GeoCropError('shutting-down', 'The process is stopping.');
}
