import { setTimeout as sleep } from 'node:timers/promises';
import { asGeoCropError, GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { quietWarn, type Warn } from '../queue/quiet-warn.js';
import type { SharedBoard } from '../queue/shared-board.js';
import type { Work } from '../queue/work.js';
import { errorOf } from '../queue/work-failure.js';
import { queueFull, stopping, waitedTooLong } from '../queue/refusals.js';
import type { WorkEnd, WorkQueue } from '../queue/work-queue.js';
import { metatileWork, notArchived, type JobResult } from './local-desk.js';
import type { MetatileDesk, MetatileRequest } from './metatile-desk.js';
import { INTEREST_MS, MetatileJob, partOf, wantedOf, type JobProducts, type Wanted } from './metatile-job.js';
import { decodeProducts } from './products-message.js';

export interface SharedDeskOptions {
  readonly queue: WorkQueue;
  readonly board: SharedBoard;
  /** Computes in this process while the queue does not answer; null: this process computes nothing. */
  readonly fallback: MetatileDesk | null;
  /** Told when a metatile is wanted that was not wanted in this process. */
  readonly onQueued: (job: MetatileJob, wanted: Wanted) => void;
  /** Whether it is in the archive: looked at while somebody waits, for its end may be lost with Redis. */
  readonly isThere: (request: MetatileRequest) => Promise<boolean>;
  /** Told of the scene list that products were made from: another process may have looked it up anew. */
  readonly onScenes: (request: MetatileRequest, digest: string) => void;
  /** Nothing new is taken while somebody here has waited for longer than this, milliseconds. */
  readonly maxAgeMs?: number;
  /** Milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

/** What this process asked for, and who in it waits. */
interface Asked {
  readonly request: MetatileRequest;
  readonly work: Work<'metatile'>;
  /** Not computed here: it holds the waiters. */
  readonly job: MetatileJob;
  callers: number;
}

/** The part of an order: all of it, and nobody waits for a tile. */
export const ORDER = 'order';
/** Enough for eight workers that each know their next. */
const ORDERS_AT_ONCE = 16;
/** Milliseconds between renewals of interest, and for how long one counts: two may be lost. */
const RENEW_MS = 4_000;
const WAITING_MS = 3 * RENEW_MS;
/** Seconds of Retry-After where the queue is too far behind. */
const REFUSED_S = 20;
/** An order that cannot be placed is tried again so often, for so long. */
const PLACE_EVERY_MS = 2_000;
const PLACE_FOR_MS = 120_000;

/** Name under which a tile of a metatile is posted. */
export function postName(key: string, wanted: Wanted): string {
  return `${key}#${partOf(wanted)}`;
}

/**
 * Metatiles computed by whichever process takes them from the shared queue. Who waits says so on the board, again and again, so that a
 * process that dies is forgotten; tiles come as posts, all of a metatile with the archive.
 */
export class SharedDesk implements MetatileDesk {
  readonly ordersAtOnce = ORDERS_AT_ONCE;
  readonly #asked = new Map<string, Asked>();
  readonly #stops: (() => void)[];
  readonly #warn: Warn;
  readonly #closing = new AbortController();
  readonly #renewing: NodeJS.Timeout;

  constructor(private readonly options: SharedDeskOptions) {
    this.#warn = quietWarn(options.warn);
    this.#stops = [
      options.board.onPost((name) => void this.#posted(name)),
      options.queue.subscribe((end) => void this.#ended(end)),
    ];
    this.#renewing = setInterval(() => this.#renew(), RENEW_MS);
    this.#renewing.unref();
  }

  async want(
    request: MetatileRequest,
    wanted: Wanted,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<JobProducts | null> {
    if (this.#closing.signal.aborted) throw stopping();
    const asked = this.#ask(request, wanted);
    const { job } = asked;
    asked.callers += 1;
    // Registered before anything is looked up: what is posted from now on is heard.
    const over = new AbortController();
    const leaving = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])]);
    const products = job.want(wanted, waitMs, leaving);
    products.catch(() => undefined);
    try {
      await this.#place(asked, wanted, waitMs);
      return await (job.ready(wanted) ?? products);
    } catch (error) {
      over.abort();
      const { fallback } = this.options;
      if (fallback === null || !isGeoCropError(error, 'queue-unavailable')) throw error;
      return await fallback.want(request, wanted, { waitMs, ...(signal === undefined ? {} : { signal }) });
    } finally {
      asked.callers -= 1;
      this.#tidy(asked);
    }
  }

  async order(
    request: MetatileRequest,
    { class: cls, owner, signal }: Parameters<MetatileDesk['order']>[1],
  ): Promise<void> {
    const work = metatileWork(request, cls, owner);
    const { board, queue } = this.options;
    const leaving = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    for (;;) {
      const ended = this.#endOf(work.key, leaving);
      let renewing: NodeJS.Timeout | undefined;
      try {
        await this.#placeOrder(work, leaving);
        renewing = setInterval(() => {
          // Where Redis has lost it, or its end was missed, it is found archived, or done now.
          Promise.all([board.want(work.key, ORDER, WAITING_MS), queue.add(work)]).catch(() => undefined);
        }, RENEW_MS);
        const end = await ended.promise;
        if (end.outcome === 'failed') throw errorOf(end);
        const result = end.result as JobResult;
        if (result.archived) return;
        if (result.dropped !== true) throw notArchived(result);
      } finally {
        clearInterval(renewing);
        ended.stop();
      }
    }
  }

  stats(): { readonly queued: number; readonly running: number } {
    return this.options.queue.stats();
  }

  async close(graceMs: number): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#renewing);
    for (const { job } of this.#asked.values()) job.fail(stopping());
    this.#asked.clear();
    await Promise.all([this.options.queue.close(graceMs), this.options.fallback?.close(graceMs)]);
    for (const stop of this.#stops) stop();
    await this.options.board.close();
  }

  #ask(request: MetatileRequest, wanted: Wanted): Asked {
    const work = metatileWork(request, 'waited', 'public');
    const known = this.#asked.get(work.key);
    if (known !== undefined) return known;
    this.#checkAge();
    const { map, metatile, feature } = work.payload;
    const job = new MetatileJob(work.key, map, metatile, feature, this.options.now);
    const asked: Asked = { request, work, job, callers: 0 };
    this.#asked.set(work.key, asked);
    this.options.onQueued(job, wanted);
    return asked;
  }

  /** @throws queue-full where somebody has waited too long already: who comes now would wait even longer */
  #checkAge(): void {
    const { now, maxAgeMs = Infinity } = this.options;
    const since = [...this.#asked.values()].map(({ job }) => job.waitingSince() ?? Infinity);
    const oldest = now() - Math.min(Infinity, ...since);
    if (oldest <= maxAgeMs) return;
    throw queueFull(waitedTooLong(oldest), REFUSED_S);
  }

  /** Looks whether it was posted, else has it made. @throws queue-full, queue-unavailable */
  async #place({ work, job, request }: Asked, wanted: Wanted, waitMs: number): Promise<void> {
    const { board, queue } = this.options;
    const post = await board.fetch(postName(work.key, wanted));
    if (post !== undefined && (await this.#deliver(request, job, wanted, post))) return;
    await board.want(work.key, partOf(wanted), waitMs <= 0 ? INTEREST_MS : WAITING_MS);
    await queue.add(work);
  }

  #endOf(key: string, leaving: AbortSignal): { promise: Promise<WorkEnd>; stop: () => void } {
    let stop = (): void => undefined;
    const promise = new Promise<WorkEnd>((resolve, reject) => {
      const unsubscribe = this.options.queue.subscribe((end) => {
        if (end.kind === 'metatile' && end.key === key && end.final) resolve(end);
      });
      const left = (): void => reject(new GeoCropError('aborted', 'The order was taken back.'));
      leaving.addEventListener('abort', left, { once: true });
      stop = () => {
        unsubscribe();
        leaving.removeEventListener('abort', left);
      };
    });
    promise.catch(() => undefined);
    return { promise, stop };
  }

  async #placeOrder(work: Work<'metatile'>, leaving: AbortSignal): Promise<void> {
    const { board, queue, now } = this.options;
    const begun = now();
    for (;;) {
      leaving.throwIfAborted();
      try {
        await board.want(work.key, ORDER, WAITING_MS);
        await queue.add(work);
        return;
      } catch (error) {
        const away = isGeoCropError(error, 'queue-unavailable') && now() - begun < PLACE_FOR_MS;
        if (!away && !isGeoCropError(error, 'queue-full')) throw error;
        this.#warn('an order waits until the queue takes it', { reason: asGeoCropError(error).message });
        await sleep(PLACE_EVERY_MS, undefined, { signal: leaving });
      }
    }
  }

  async #posted(name: string): Promise<void> {
    const at = name.lastIndexOf('#');
    const asked = this.#asked.get(name.slice(0, at));
    const wanted = wantedOf(name.slice(at + 1));
    if (asked === undefined || wanted === undefined) return;
    await this.#fetch(asked, [wanted]);
  }

  async #ended(end: WorkEnd): Promise<void> {
    const asked = end.kind === 'metatile' ? this.#asked.get(end.key) : undefined;
    if (asked === undefined) return;
    const { job } = asked;
    if (end.outcome === 'failed') {
      job.fail(errorOf(end));
    } else if ((end.result as JobResult).archived) {
      job.archived();
    } else {
      await this.#fetch(asked, job.waitedFor());
      // Nobody seemed to wait for it when its turn came: whoever came since is asked for again.
      if (job.waitedFor().length > 0) this.#renewOne(asked);
    }
    this.#tidy(asked);
  }

  async #fetch({ work, job, request }: Asked, parts: readonly Wanted[]): Promise<void> {
    for (const wanted of parts) {
      try {
        const post = await this.options.board.fetch(postName(work.key, wanted));
        if (post !== undefined) await this.#deliver(request, job, wanted, post);
      } catch (error) {
        this.#warn('a tile of another process could not be fetched', {
          error: asGeoCropError(error).message,
        });
      }
    }
  }

  /** False where it cannot be read: damaged, or of another version of ours. It is then as if it were not there. */
  async #deliver(
    request: MetatileRequest,
    job: MetatileJob,
    wanted: Wanted,
    post: Uint8Array,
  ): Promise<boolean> {
    const products = await decodeProducts(post).catch((error: unknown) => {
      this.#warn('a tile that another process sent is no good', { error: asGeoCropError(error).message });
      return null;
    });
    if (products === null) return false;
    this.options.onScenes(request, products.scenes);
    job.deliver(wanted, products);
    return true;
  }

  #renew(): void {
    for (const asked of this.#asked.values()) {
      if (asked.job.waitedFor().length > 0) {
        this.#renewOne(asked);
        void this.#lookInArchive(asked);
      } else this.#tidy(asked);
    }
  }

  async #lookInArchive({ request, job }: Asked): Promise<void> {
    // A store that does not answer has nothing.
    if (await this.options.isThere(request).catch(() => false)) job.archived();
  }

  /** Says again who waits, and finds work again that Redis has lost; without Redis it is done here, where that can be. */
  #renewOne({ work, job, request }: Asked): void {
    const { board, queue, fallback } = this.options;
    const parts = job.waitedFor();
    const renewed = Promise.all([
      ...parts.map((wanted) => board.want(work.key, partOf(wanted), WAITING_MS)),
      queue.add(work),
    ]);
    renewed.catch((error: unknown) => {
      if (fallback === null || !isGeoCropError(error, 'queue-unavailable')) return;
      for (const wanted of parts) {
        fallback.want(request, wanted, { waitMs: WAITING_MS }).then(
          (products) => {
            if (products === null) job.archived();
            else job.deliver(wanted, products);
          },
          // Who waits longer than this waits on; any other reason is his.
          (reason: unknown) => {
            if (!isGeoCropError(reason, 'not-ready', 'aborted')) job.fail(reason);
          },
        );
      }
    });
  }

  #tidy(asked: Asked): void {
    const { work, job, callers } = asked;
    // Who left with "not ready" comes back: since when he waits is known until then.
    if (callers > 0 || job.waitingSince() !== undefined) return;
    if (this.#asked.get(work.key) === asked) this.#asked.delete(work.key);
  }
}
