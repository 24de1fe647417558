import { Worker } from 'node:worker_threads';
import { GeoCropError, fromErrorData, toErrorData } from '../../../engine/errors.js';
import type { ByteSource } from '../../../engine/windows/byte-source.js';
import type { CogAnswer, CogWork } from '../jobs/job.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';

export interface CogLaneOptions {
  readonly data: ThreadData;
  readonly source: ByteSource;
  /** Another script: tests want one that hangs. */
  readonly entry?: URL;
  /** The thread has ended, by itself or ended from here: no job is left in it. */
  readonly onEnd: () => void;
}

interface Pending {
  readonly resolve: (answer: CogAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The JavaScript heap of a thread, MiB: headers and what is under way; pixels are counted elsewhere. */
const HEAP_MIB = 160;

/** One thread and the jobs in it. */
export class CogLane {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, Pending>();
  readonly #reads = new Map<number, AbortController>();
  #next = 1;
  #ended = false;

  constructor(private readonly options: CogLaneOptions) {
    this.#worker = new Worker(options.entry ?? new URL('./cog-thread.js', import.meta.url), {
      workerData: options.data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('messageerror', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(undefined));
    this.#worker.unref();
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  /** The answer, and what makes the thread give the job up; the answer then comes all the same, as `aborted` or done. */
  start(href: string, work: CogWork): { readonly answer: Promise<CogAnswer>; readonly abort: () => void } {
    const id = this.#next++;
    const answer = new Promise<CogAnswer>((resolve, reject) => {
      this.#jobs.set(id, { resolve, reject });
      this.#worker.ref();
      this.#send({ type: 'job', id, href, work });
    });
    return { answer, abort: () => this.#send({ type: 'abort', id }) };
  }

  /** Ends the thread, whatever it is doing; its jobs reject with the error. */
  async end(error: GeoCropError): Promise<void> {
    this.#end(error);
    await this.#worker.terminate();
  }

  #send(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#ended) this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    switch (message.type) {
      case 'done':
        this.#settle(message.id)?.resolve(message.answer);
        break;
      case 'lost':
        this.#settle(message.id)?.reject(fromErrorData(message.error));
        break;
      case 'read':
        void this.#read(message);
        break;
      case 'leave':
        this.#reads.get(message.read)?.abort(new DOMException('Nobody waits for it.', 'AbortError'));
        break;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#jobs.get(id);
    this.#jobs.delete(id);
    // An idle thread does not keep the process alive.
    if (this.#jobs.size === 0) this.#worker.unref();
    return pending;
  }

  async #read({ read, href, start, end }: Extract<FromThread, { readonly type: 'read' }>): Promise<void> {
    const controller = new AbortController();
    this.#reads.set(read, controller);
    try {
      const bytes = await this.options.source.read(href, start, end, controller.signal);
      this.#send({ type: 'bytes', read, bytes });
    } catch (error) {
      this.#send({ type: 'failed', read, error: toErrorData(error) });
    } finally {
      this.#reads.delete(read);
    }
  }

  #end(cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const read of this.#reads.values())
      read.abort(new DOMException('The thread has ended.', 'AbortError'));
    const error = asLoss(cause);
    for (const { reject } of this.#jobs.values()) reject(error);
    this.#jobs.clear();
    this.options.onEnd();
  }
}

function asLoss(cause: unknown): GeoCropError {
  if (cause instanceof GeoCropError) return cause;
  const outOfMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory
    ? new GeoCropError('memory-limit', 'The file takes more memory than a request may have.', { cause })
    : new GeoCropError('internal', 'A thread of the COG service died.', { cause });
}
