import { Worker } from 'node:worker_threads';
import { fromErrorData, GeoCropError } from '../../engine/errors.js';
import type { SeasonJob, SeasonReply, SeasonResults } from './season-jobs.js';

type JobOf<K extends SeasonJob['kind']> = Extract<SeasonJob, { kind: K }>;

/** A few worker threads that take jobs in order. The event loop stays free. */
export class SeasonPool {
  private readonly workers: Worker[];
  private readonly idle: Worker[];
  private readonly waiting: ((worker: Worker) => void)[] = [];

  constructor(threads: number) {
    this.workers = Array.from(
      { length: threads },
      () =>
        new Worker(new URL('./season-worker.js', import.meta.url), {
          // Typed arrays lie outside these heaps; small ones make their garbage be found in time.
          resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 },
        }),
    );
    this.idle = [...this.workers];
  }

  /** The next free worker does it. */
  async run<K extends SeasonJob['kind']>(job: JobOf<K>): Promise<SeasonResults[K]> {
    const worker = this.idle.pop() ?? (await new Promise<Worker>((resolve) => this.waiting.push(resolve)));
    try {
      return await ask(worker, job);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(worker);
      else next(worker);
    }
  }

  /** Every worker does it. Only while none is busy. */
  async runOnAll<K extends SeasonJob['kind']>(job: JobOf<K>): Promise<void> {
    await Promise.all(this.workers.map((worker) => ask(worker, job)));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function ask<K extends SeasonJob['kind']>(worker: Worker, job: JobOf<K>): Promise<SeasonResults[K]> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (reply: SeasonReply): void =>
      settle(() => {
        if ('error' in reply) reject(fromErrorData(reply.error));
        else resolve(reply.result as SeasonResults[K]);
      });
    const onError = (error: unknown): void =>
      settle(() => reject(error instanceof Error ? error : new Error(String(error))));
    const onExit = (): void =>
      settle(() => reject(new GeoCropError('aborted', 'The simulated season was given up.')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}
