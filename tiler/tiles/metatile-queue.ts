import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { MetatileJob } from './metatile-job.js';

export interface MetatileQueueOptions {
  /** Does one job to its end. Must give up soon after `signal` aborts; delivers tiles to the job as they are ready. */
  readonly run: (job: MetatileJob, signal: AbortSignal) => Promise<void>;
  /** Jobs that may wait; one more is refused. */
  readonly limit: number;
  readonly onError: (job: MetatileJob, error: unknown) => void;
}

/** Abandoned metatiles that go on later: each holds up to 20 MB of tiles that are ready. */
const MOST_BACKGROUND = 8;

/** Why a running job is interrupted: somebody waits for another, and nobody for this one. */
const PREEMPTED = new GeoCropError('aborted', 'Another tile is waited for; this metatile goes on later.');

/**
 * Metatiles to compute, one at a time: the one whose oldest waiter has waited longest goes first; one that nobody waits
 * for any more goes on in the background, behind all that are waited for. What has not read anything and has lost its
 * waiters is dropped; of what has, a few are kept, while the queue has room for them.
 */
export class MetatileQueue {
  readonly #jobs = new Map<string, MetatileJob>();
  #running: {
    readonly job: MetatileJob;
    readonly abort: AbortController;
    readonly done: Promise<void>;
  } | null = null;
  #closed = false;

  constructor(private readonly options: MetatileQueueOptions) {}

  get queued(): number {
    return this.#jobs.size - this.running;
  }

  get running(): number {
    return this.#running === null ? 0 : 1;
  }

  find(id: string): MetatileJob | undefined {
    return this.#jobs.get(id);
  }

  /** The job of that id, made where there is none. The caller wants something of it in the same turn. @throws queue-full */
  open(id: string, make: () => MetatileJob): MetatileJob {
    if (this.#closed) throw new GeoCropError('shutting-down', 'The server is stopping.');
    const known = this.#jobs.get(id);
    if (known !== undefined) {
      queueMicrotask(() => this.#pump());
      return known;
    }
    if (this.queued >= this.options.limit) this.#dropAbandoned(0);
    if (this.queued >= this.options.limit) {
      throw new GeoCropError(
        'queue-full',
        `${this.queued} areas are waiting to be computed; no more are taken now.`,
        {
          hint: 'Ask again in a minute.',
        },
      );
    }
    const job = make();
    // What is waited for goes before the rest of a metatile that somebody has his tile of.
    job.onLess = () => queueMicrotask(() => this.#pump());
    this.#jobs.set(id, job);
    queueMicrotask(() => this.#pump());
    return job;
  }

  /** Takes no more work; lets the running job finish for up to `graceMs`, then interrupts it. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const stopping = new GeoCropError('shutting-down', 'The server is stopping.');
    const running = this.#running;
    for (const job of this.#jobs.values()) if (job !== running?.job) job.fail(stopping);
    if (running === null) return;
    const timer = setTimeout(() => running.abort.abort(stopping), graceMs);
    await running.done;
    clearTimeout(timer);
    // One that gave way to another is not run again: who came back to it must not wait for nothing.
    running.job.fail(stopping);
  }

  /** @param background how many of those that have read something are kept: the last ones */
  #dropAbandoned(background: number): void {
    const abandoned = [...this.#jobs.values()].filter(
      (job) => job !== this.#running?.job && job.waitingSince() === undefined,
    );
    const begun = abandoned.filter((job) => job.begun);
    const kept = begun.slice(Math.max(0, begun.length - background));
    for (const job of abandoned) if (!kept.includes(job)) this.#jobs.delete(job.id);
  }

  #pump(): void {
    if (this.#closed) return;
    if (this.#running !== null) {
      this.#preempt(this.#running);
      return;
    }
    this.#dropAbandoned(MOST_BACKGROUND);
    const next = this.#next();
    if (next === undefined) return;
    const abort = new AbortController();
    const done = this.#run(next, abort).finally(() => {
      this.#running = null;
      this.#pump();
    });
    this.#running = { job: next, abort, done };
  }

  async #run(job: MetatileJob, abort: AbortController): Promise<void> {
    try {
      await this.options.run(job, abort.signal);
      // Given up for want of anybody, and somebody came at the last moment: it is run again.
      if (job.waitingSince() === undefined) this.#jobs.delete(job.id);
    } catch (error) {
      if (abort.signal.reason === PREEMPTED) return;
      this.#jobs.delete(job.id);
      job.fail(error);
      if (!isGeoCropError(error, 'aborted', 'shutting-down')) this.options.onError(job, error);
    }
  }

  /** Waited for, oldest first; then begun ones that nobody waits for. */
  #next(): MetatileJob | undefined {
    const rank = (job: MetatileJob): number => job.waitingSince() ?? Infinity;
    return [...this.#jobs.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))[0];
  }

  #preempt(running: { readonly job: MetatileJob; readonly abort: AbortController }): void {
    if (running.job.waitingSince() !== undefined) return;
    const waited = [...this.#jobs.values()].some(
      (job) => job !== running.job && job.waitingSince() !== undefined,
    );
    if (waited) running.abort.abort(PREEMPTED);
  }
}
