import { asGeoCropError, GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { GiveBack } from './give-back.js';
import { queueFull, stopping, waitedTooLong } from './refusals.js';
import {
  ATTEMPTS,
  RETRIED,
  type QueueStats,
  type WorkEnd,
  type WorkHandler,
  type WorkQueue,
} from './work-queue.js';
import { byTurn, isBetterClass, type Turn, type Work, type WorkKind } from './work.js';

/** Where a piece of work stands at this moment: changes as people come and leave. */
export interface Standing extends Turn {
  /** What it holds in memory until it has ended. */
  readonly bytes: number;
  /** What runs is not interrupted any more, though nobody waits for it: default false. */
  readonly finishes?: boolean;
}

/** A handler that knows more of its work than what was added once. */
export interface LocalHandler<K extends WorkKind> extends WorkHandler<K> {
  /** Asked whenever something is chosen. null: nobody needs it any more; it is then forgotten, unless it runs. */
  standing?(work: Work<K>): Standing | null;
  /** Asked of each run that ended well: true where somebody came at the last moment whom it did nothing for. It is then run again. */
  leftUndone?(work: Work<K>, result: unknown): boolean;
}

export interface LocalWorkQueueOptions {
  /** Pieces that may wait; one more is refused. */
  readonly limit: number;
  /** What all that is in the queue may hold in memory: beyond it begun work that nobody waits for is forgotten, then new work refused. */
  readonly maxBytes?: number;
  /** Nothing new is taken while somebody has waited for longer than this, milliseconds: it would wait even longer. */
  readonly maxAgeMs?: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** In all; default {@link ATTEMPTS}. */
  readonly attempts?: number;
  /** Milliseconds before the second and the third attempt. */
  readonly backoffMs?: readonly number[];
  readonly onError?: (work: Work, error: GeoCropError) => void;
}

interface Entry {
  work: Work;
  readonly added: number;
  attempt: number;
  /** Not before this: milliseconds. */
  notBefore: number;
  timer: NodeJS.Timeout | null;
  abort: AbortController | null;
  done: Promise<void> | null;
}

interface Slot {
  readonly handler: LocalHandler<WorkKind>;
  running: number;
}

/** Why running work is interrupted: somebody waits for another, and nobody for this one. */
const PREEMPTED = new GeoCropError('aborted', 'Something else is waited for; this goes on later.');

/** Bookkeeping of a piece that holds nothing yet. */
const ENTRY_BYTES = 4096;
const BACKOFF_MS = [2_000, 8_000];
/** What a run takes before any has been seen, seconds. */
const FIRST_GUESS_S = 20;
/** Of several runs' time, how much the last one counts. */
const WEIGHT = 0.3;

/**
 * Work done in this process: of each kind the best class first, the oldest first within it. What runs and is not waited for
 * gives way to what is, and goes on later. Nothing is kept over a restart: what was asked for is asked for again.
 */
export class LocalWorkQueue implements WorkQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #slots = new Map<WorkKind, Slot>();
  readonly #listeners = new Set<(end: WorkEnd) => void>();
  #runSeconds = FIRST_GUESS_S;
  #closed = false;
  /** Something is chosen anew before anything else is done. */
  #touched = false;

  constructor(private readonly options: LocalWorkQueueOptions) {}

  async add(work: Work): Promise<'added' | 'known'> {
    if (this.#closed) throw stopping();
    const known = this.#entries.get(idOf(work.kind, work.key));
    if (known !== undefined) {
      if (isBetterClass(work.class, known.work.class)) known.work = { ...known.work, class: work.class };
      if (known.work.class === 'waited') this.#promote(known);
      this.touch();
      return 'known';
    }
    this.#checkRoom(work);
    const { now } = this.options;
    this.#entries.set(idOf(work.kind, work.key), {
      work,
      added: now(),
      attempt: 1,
      notBefore: -Infinity,
      timer: null,
      abort: null,
      done: null,
    });
    this.touch();
    return 'added';
  }

  serve<K extends WorkKind>(kind: K, handler: LocalHandler<K>): void {
    if (this.#slots.has(kind)) throw new RangeError(`${kind} is served already`);
    this.#slots.set(kind, { handler: handler, running: 0 });
    this.touch();
  }

  subscribe(listener: (end: WorkEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async state(kind: WorkKind, key: string): Promise<'waiting' | 'running' | 'none'> {
    const entry = this.#entries.get(idOf(kind, key));
    return entry === undefined ? 'none' : entry.abort === null ? 'waiting' : 'running';
  }

  stats(): QueueStats {
    const running = this.#running().length;
    return { queued: this.#entries.size - running, running };
  }

  /** Seconds after which what is added or waits now may be done: a guess from the runs of before. */
  waitSeconds(): number {
    return this.#runSeconds * Math.max(1, this.stats().queued);
  }

  /** Gives a piece of work up, waiting or running; it ends as `aborted`. */
  cancel(kind: WorkKind, key: string): void {
    const entry = this.#entries.get(idOf(kind, key));
    if (entry === undefined) return;
    const error = new GeoCropError('aborted', 'It was given up.');
    if (entry.abort === null) this.#end(entry, { outcome: 'failed', final: true, error });
    else entry.abort.abort(error);
  }

  /** What handlers know has changed: somebody came, left, or got what he wanted. */
  touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    queueMicrotask(() => {
      this.#touched = false;
      this.#pump();
    });
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const running = this.#running();
    for (const entry of [...this.#entries.values()]) {
      if (entry.abort === null) this.#end(entry, { outcome: 'failed', final: true, error: stopping() });
    }
    const timer = setTimeout(() => {
      for (const { abort } of running) abort?.abort(stopping());
    }, graceMs);
    for (const { done } of running) await done;
    clearTimeout(timer);
    // One that gave way to another is not run again: who came back to it must not wait for nothing.
    for (const entry of [...this.#entries.values()]) {
      this.#end(entry, { outcome: 'failed', final: true, error: stopping() });
    }
  }

  #running(): Entry[] {
    return [...this.#entries.values()].filter(({ abort }) => abort !== null);
  }

  /** @throws queue-full */
  #checkRoom(work: Work): void {
    const { limit, maxBytes = Infinity, maxAgeMs = Infinity, now } = this.options;
    const full = (): boolean => this.stats().queued >= limit || this.#bytes() + ENTRY_BYTES > maxBytes;
    if (full()) this.#forget((standing) => standing === null || standing.class === 'begun');
    if (full()) {
      throw this.#full(`${this.stats().queued} areas are waiting to be computed; no more are taken now.`);
    }
    if (work.class !== 'waited') return;
    const ages = [...this.#entries.values()]
      .filter((entry) => entry.abort === null && entry.work.kind === work.kind)
      .map((entry) => this.#standing(entry))
      .filter((standing) => standing?.class === 'waited')
      .map((standing) => now() - (standing?.since ?? now()));
    const oldest = Math.max(0, ...ages);
    if (oldest > maxAgeMs) throw this.#full(waitedTooLong(oldest));
  }

  #full(message: string): GeoCropError {
    return queueFull(message, Math.min(60, Math.max(5, Math.ceil(this.#runSeconds))));
  }

  #bytes(): number {
    return [...this.#entries.values()].reduce(
      (sum, entry) => sum + Math.max(ENTRY_BYTES, this.#standing(entry)?.bytes ?? 0),
      0,
    );
  }

  #standing(entry: Entry): Standing | null {
    const handler = this.#slots.get(entry.work.kind)?.handler;
    if (handler?.standing !== undefined) return handler.standing(entry.work);
    return { class: entry.work.class, since: entry.added, bytes: 0 };
  }

  #forget(which: (standing: Standing | null) => boolean): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.abort === null && which(this.#standing(entry))) this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    const error = new GeoCropError('aborted', 'Nobody needs it any more.');
    this.#end(entry, { outcome: 'failed', final: true, error });
  }

  /** Begun work that nobody waits for holds what is ready of it: the oldest goes where that is too much. */
  #trim(): void {
    this.#forget((standing) => standing === null);
    const { maxBytes = Infinity } = this.options;
    for (const entry of [...this.#entries.values()]) {
      if (this.#bytes() <= maxBytes) return;
      if (entry.abort === null && this.#standing(entry)?.class === 'begun') this.#drop(entry);
    }
  }

  #promote(entry: Entry): void {
    entry.notBefore = -Infinity;
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
  }

  #pump(): void {
    if (this.#closed) return;
    this.#trim();
    for (const [kind, slot] of this.#slots) {
      while (slot.running < (slot.handler.atOnce ?? 1)) {
        const next = this.#best(kind)[0];
        if (next === undefined) break;
        this.#start(next, slot);
      }
      if (slot.running >= (slot.handler.atOnce ?? 1)) this.#preempt(kind);
    }
  }

  /** What waits and may begin, in the order in which it goes. */
  #best(kind: WorkKind): Entry[] {
    const now = this.options.now();
    return [...this.#entries.values()]
      .filter((entry) => entry.work.kind === kind && entry.abort === null && entry.notBefore <= now)
      .map((entry) => ({ entry, standing: this.#standing(entry) }))
      .filter((one): one is { entry: Entry; standing: Standing } => one.standing !== null)
      .sort(({ standing: a }, { standing: b }) => byTurn(a, b))
      .map(({ entry }) => entry);
  }

  #preempt(kind: WorkKind): void {
    const [best] = this.#best(kind);
    if (best === undefined || this.#standing(best)?.class !== 'waited') return;
    const idle = this.#running().find((entry) => {
      const standing = this.#standing(entry);
      return entry.work.kind === kind && standing?.class !== 'waited' && standing?.finishes !== true;
    });
    idle?.abort?.abort(PREEMPTED);
  }

  #start(entry: Entry, slot: Slot): void {
    const abort = new AbortController();
    entry.abort = abort;
    slot.running += 1;
    entry.done = this.#run(entry, slot.handler, abort).finally(() => {
      slot.running -= 1;
      this.#pump();
    });
  }

  async #run(entry: Entry, handler: LocalHandler<WorkKind>, abort: AbortController): Promise<void> {
    const begun = this.options.now();
    try {
      const result = await handler.run(entry.work, { signal: abort.signal, attempt: entry.attempt });
      const seconds = (this.options.now() - begun) / 1000;
      this.#runSeconds += WEIGHT * (seconds - this.#runSeconds);
      entry.abort = null;
      if (handler.leftUndone?.(entry.work, result) === true) return;
      this.#end(entry, { outcome: 'done', final: true, result });
    } catch (error) {
      entry.abort = null;
      if (abort.signal.reason === PREEMPTED || error instanceof GiveBack) return;
      this.#failed(entry, asGeoCropError(error));
    }
  }

  #failed(entry: Entry, error: GeoCropError): void {
    const { attempts = ATTEMPTS, backoffMs = BACKOFF_MS, now, onError } = this.options;
    if (!isGeoCropError(error, 'aborted', 'shutting-down')) onError?.(entry.work, error);
    const final = this.#closed || entry.attempt >= attempts || !RETRIED.includes(error.code);
    if (!final) {
      const wait = backoffMs[entry.attempt - 1] ?? backoffMs.at(-1) ?? 0;
      entry.attempt += 1;
      entry.notBefore = now() + wait;
      entry.timer = setTimeout(() => {
        this.#promote(entry);
        this.#pump();
      }, wait);
    }
    this.#end(entry, { outcome: 'failed', final, error });
  }

  #end(entry: Entry, end: Pick<WorkEnd, 'outcome' | 'final' | 'result' | 'error'>): void {
    const { kind, key } = entry.work;
    if (end.final) {
      if (entry.timer !== null) clearTimeout(entry.timer);
      this.#entries.delete(idOf(kind, key));
    }
    for (const listener of [...this.#listeners]) {
      try {
        listener({ kind, key, ...end });
      } catch (error) {
        this.options.onError?.(entry.work, asGeoCropError(error));
      }
    }
  }
}

function idOf(kind: WorkKind, key: string): string {
  return `${kind} ${key}`;
}
