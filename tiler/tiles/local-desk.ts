import { asGeoCropError, GeoCropError, isGeoCropError, type ErrorCode } from '../../engine/errors.js';
import type { LocalWorkQueue } from '../queue/local-work-queue.js';
import type { MetatilePayload, Work, WorkClass } from '../queue/work.js';
import { errorOf } from '../queue/work-failure.js';
import type { WorkEnd } from '../queue/work-queue.js';
import type { MetatileDesk, MetatileRequest } from './metatile-desk.js';
import { MetatileJob, type JobProducts, type Wanted } from './metatile-job.js';

export type StoreFault = Extract<ErrorCode, 'store-full' | 'store-unavailable'>;

/** What became of a metatile that was done. */
export interface JobResult {
  /** It is in the archive, or was there before. */
  readonly archived: boolean;
  /** What could not be read, or why it could not be archived, for people. */
  readonly missing: readonly string[];
  /** Where all was read and the store could not take it. */
  readonly code?: StoreFault;
  /** Nobody wanted it when its turn came: nothing was done. */
  readonly dropped?: true;
}

export interface LocalDeskOptions {
  readonly queue: LocalWorkQueue;
  readonly run: (job: MetatileJob, signal: AbortSignal) => Promise<JobResult>;
  /** Metatiles that are made and not archived, kept for a minute. */
  readonly unfinished: { get(id: string): MetatileJob | undefined };
  /** Told when a metatile is wanted that was not. */
  readonly onQueued: (job: MetatileJob, wanted: Wanted) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal;
  readonly hold?: boolean;
  readonly follow?: (job: MetatileJob) => void;
}

/** One of them is worked on, the next is known. */
const ORDERS_AT_ONCE = 2;

/** Metatiles computed in this process, one at a time. */
export class LocalDesk implements MetatileDesk {
  readonly ordersAtOnce = ORDERS_AT_ONCE;
  readonly #jobs = new Map<string, MetatileJob>();

  constructor(private readonly options: LocalDeskOptions) {
    const { queue, run } = options;
    queue.serve('metatile', {
      run: ({ key, payload }, { signal }) => run(this.#job(key, payload), signal),
      standing: ({ key }) => this.#jobs.get(key)?.standing() ?? null,
      // What was done is done, whoever still counts as waiting: an order does until its end is told.
      leftUndone: ({ key }, result) =>
        (result as JobResult).dropped === true && this.#jobs.get(key)?.waitingSince() !== undefined,
    });
    queue.subscribe((end) => this.#ended(end));
  }

  async want(
    request: MetatileRequest,
    wanted: Wanted,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<JobProducts | null> {
    const work = metatileWork(request, 'waited', 'public');
    const { key, payload } = work;
    const kept = this.options.unfinished.get(key);
    if (kept?.ready(wanted) !== undefined) return kept.want(wanted, waitMs, signal);
    const fresh = !this.#jobs.has(key);
    const job = this.#job(key, payload);
    const products = job.want(wanted, waitMs, signal);
    // What it ends with is told below; until then a rejection is nobody's.
    products.catch(() => undefined);
    try {
      await this.options.queue.add(work);
    } catch (error) {
      job.fail(error);
      this.#jobs.delete(key);
      throw error;
    }
    if (fresh) this.options.onQueued(job, wanted);
    try {
      return await products;
    } catch (error) {
      throw isGeoCropError(error, 'not-ready') ? this.#patient(error) : error;
    }
  }

  async order(
    request: MetatileRequest,
    { class: cls, owner, signal }: Parameters<MetatileDesk['order']>[1],
  ): Promise<void> {
    signal?.throwIfAborted();
    const work = metatileWork(request, cls, owner);
    const result = await this.execute(work, { ...(signal === undefined ? {} : { signal }) });
    if (!result.archived) throw notArchived(result);
  }

  /**
   * Does one piece of work, whoever asked for it, and gives what became of it once the last attempt has ended. Where `signal` aborts
   * and nobody here waits for it, it is given up.
   * @param options.hold false: it counts only for as long as its parts are wanted
   * @param options.follow what ties its job to others: who wants what of it, and where its tiles go
   */
  async execute(
    work: Work<'metatile'>,
    { signal, hold = true, follow }: ExecuteOptions = {},
  ): Promise<JobResult> {
    const { queue, now } = this.options;
    const { key, payload } = work;
    const job = this.#job(key, payload);
    follow?.(job);
    const takeBack = hold ? job.order({ class: work.class, since: now() }) : (): void => undefined;
    const abandon = (): void => {
      takeBack();
      if (job.standing()?.class !== 'waited') queue.cancel('metatile', key);
    };
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      return await new Promise<JobResult>((resolve, reject) => {
        const stop = queue.subscribe((end) => {
          if (end.key !== key || end.kind !== 'metatile' || !end.final) return;
          stop();
          if (end.outcome === 'done') resolve(end.result as JobResult);
          else reject(errorOf(end));
        });
        queue.add(work).catch((error: unknown) => {
          stop();
          reject(asGeoCropError(error));
        });
      });
    } finally {
      signal?.removeEventListener('abort', abandon);
      takeBack();
    }
  }

  stats(): { readonly queued: number; readonly running: number } {
    return this.options.queue.stats();
  }

  close(graceMs: number): Promise<void> {
    return this.options.queue.close(graceMs);
  }

  #job(key: string, { map, metatile, feature }: MetatilePayload): MetatileJob {
    const known = this.#jobs.get(key);
    if (known !== undefined) return known;
    const job = new MetatileJob(key, map, metatile, feature, this.options.now);
    // What is waited for goes before the rest of a metatile that somebody has his tile of.
    job.onLess = () => this.options.queue.touch();
    this.#jobs.set(key, job);
    return job;
  }

  #ended({ kind, key, outcome, final, error }: WorkEnd): void {
    if (kind !== 'metatile') return;
    const job = this.#jobs.get(key);
    if (outcome === 'failed' && error !== undefined) job?.fail(errorOf({ error }));
    if (final) this.#jobs.delete(key);
  }

  /** With a long queue the next look is worth its while later. */
  #patient(error: GeoCropError): GeoCropError {
    const seconds = Math.min(MOST_PATIENCE_S, Math.ceil(this.options.queue.waitSeconds() / 4));
    const { hint, message } = error;
    return new GeoCropError('not-ready', message, {
      ...(hint === undefined ? {} : { hint }),
      context: { retryAfterSeconds: Math.max(LEAST_PATIENCE_S, seconds) },
    });
  }
}

/** Seconds of Retry-After of a tile that is being computed. */
const LEAST_PATIENCE_S = 3;
const MOST_PATIENCE_S = 20;

/** The piece of work that a metatile is, for the queue. */
export function metatileWork(
  { definition, metatile, feature }: MetatileRequest,
  cls: WorkClass,
  owner: string,
): Work<'metatile'> {
  const { mapDigest, seasonKey, key: map } = definition;
  return {
    kind: 'metatile',
    key: [mapDigest, seasonKey, metatile.x, metatile.y, feature ?? 'map'].join('/'),
    payload: { map, metatile, feature },
    class: cls,
    owner,
  };
}

export function notArchived(result: JobResult): GeoCropError {
  const { missing } = result;
  const code = result.code ?? 'source-unavailable';
  return new GeoCropError(code, `The metatile is not in the archive: ${missing.join('; ')}`, {
    hint: HINTS[code],
  });
}

const HINTS: Readonly<Record<StoreFault | 'source-unavailable', string>> = {
  'source-unavailable': 'What was read is kept: try again later.',
  'store-full': 'Make room in the store.',
  'store-unavailable': 'Look at the store, and try again later.',
};
