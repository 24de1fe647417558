import { GeoCropError } from '../../engine/errors.js';
import { NATIVE_ZOOM, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import type { Standing } from '../queue/local-work-queue.js';
import { byTurn, type Turn } from '../queue/work.js';
import type { MapKey } from './tile-service.js';

/** Products by name, of one native tile or of a whole metatile. */
export interface JobProducts {
  readonly products: ReadonlyMap<string, Raster>;
  /** A date could not be read: true values may differ, and nothing of it is archived. */
  readonly incomplete: boolean;
  /** What could not be read, for people: "scene: reason". */
  readonly missing: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
  /** Digest of the scene list that they were made from. */
  readonly scenes: string;
}

/** What is wanted of a metatile: one of its native tiles, or (for z12 and z13) all of it. */
export type Wanted = TileId | 'whole';

interface Want {
  readonly wanted: Wanted;
  /** When it was first asked for: milliseconds. */
  readonly since: number;
  /** Until when it counts without a waiter: milliseconds. */
  interestUntil: number;
  readonly waiters: Set<Waiter>;
}

interface Waiter {
  resolve(products: JobProducts | null): void;
  reject(error: unknown): void;
}

/** Somebody who asked and did not wait, or not long enough, is still interested for this long: the viewer asks, and listens to events. */
export const INTEREST_MS = 60_000;

/** The name of a part, as processes tell it to each other. */
export function partOf(wanted: Wanted): string {
  return wanted === 'whole' ? 'whole' : `${wanted.x}/${wanted.y}`;
}

/** The part of that name; undefined where it is none. */
export function wantedOf(part: string): Wanted | undefined {
  if (part === 'whole') return 'whole';
  const [, x, y] = /^(\d+)\/(\d+)$/.exec(part) ?? [];
  return x === undefined || y === undefined ? undefined : { z: NATIVE_ZOOM, x: Number(x), y: Number(y) };
}

/** Native tiles of sixteen: with so many ready a metatile is finished before another is begun. */
const HALF_DONE = 8;
/** A job without a pixel in it, generously. */
const JOB_BYTES = 64 * 1024;

/**
 * One metatile that somebody wants, from the first question to the last tile: who waits for what, and what is ready.
 * Callers share the work and own their patience: leaving never disturbs another.
 */
export class MetatileJob {
  readonly #wants = new Map<string, Want>();
  readonly #ready = new Map<string, JobProducts>();
  /** True once bytes have been read: then it is finished even if nobody waits any more. */
  begun = false;
  readonly #made: number;
  /** Of those who ordered all of it, and wait for no tile. */
  readonly #orders = new Set<Turn>();
  /** Bytes of what is ready. */
  #readyBytes = 0;
  /** Asks elsewhere what is wanted now: called before the next tile is chosen. */
  refresh: () => Promise<void> = async () => undefined;
  /** Told of each tile, and of the whole, as it is ready. */
  onDelivered: (wanted: Wanted, products: JobProducts) => void = () => undefined;
  /** Called when less is wanted than before: something was delivered, or somebody left. */
  onLess: () => void = () => undefined;

  constructor(
    readonly id: string,
    readonly map: MapKey,
    readonly metatile: TileId,
    /** The feature that is to be archived too, for a layer that is a feature. */
    readonly feature: string | null,
    private readonly now: () => number,
  ) {
    this.#made = now();
  }

  /**
   * Resolves when it is ready, with null where it is in the archive; rejects with `not-ready` after `waitMs`, with `aborted`
   * when the caller leaves.
   */
  want(wanted: Wanted, waitMs: number, signal?: AbortSignal): Promise<JobProducts | null> {
    const key = partOf(wanted);
    const ready = this.#ready.get(key);
    if (ready !== undefined) return Promise.resolve(ready);
    const now = this.now();
    const before = this.#wants.get(key);
    const want: Want =
      before !== undefined && isOpen(before, now)
        ? before
        : { wanted, since: now, interestUntil: now, waiters: new Set() };
    this.#wants.set(key, want);
    if (waitMs <= 0) {
      want.interestUntil = now + INTEREST_MS;
      return Promise.reject(notReady());
    }
    return new Promise<JobProducts | null>((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abandon);
        want.waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve: (products) => {
          leave();
          resolve(products);
        },
        reject: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const abandon = (): void => {
        waiter.reject(new GeoCropError('aborted', 'The caller left.'));
        this.onLess();
      };
      const timer = setTimeout(() => {
        want.interestUntil = this.now() + INTEREST_MS;
        waiter.reject(notReady());
      }, waitMs);
      want.waiters.add(waiter);
      if (signal?.aborted === true) abandon();
      else signal?.addEventListener('abort', abandon, { once: true });
    });
  }

  /** What somebody waits for at this moment. */
  waitedFor(): Wanted[] {
    return [...this.#wants.values()].filter(({ waiters }) => waiters.size > 0).map(({ wanted }) => wanted);
  }

  /** The oldest want that is not ready and that somebody still cares for. */
  nextWanted(): Wanted | undefined {
    return this.#open()[0]?.wanted;
  }

  /** When its oldest open want was first asked; undefined where nobody cares. */
  waitingSince(): number | undefined {
    return this.#open()[0]?.since;
  }

  /** Somebody elsewhere wants it, since and until when, milliseconds. */
  interest(wanted: Wanted, since: number, until: number): void {
    const key = partOf(wanted);
    if (this.#ready.has(key)) return;
    const want = this.#wants.get(key) ?? { wanted, since, interestUntil: until, waiters: new Set() };
    want.interestUntil = Math.max(want.interestUntil, until);
    this.#wants.set(key, want);
  }

  /** Somebody wants all of it done, whoever waits. Returns what takes the order back. */
  order(turn: Turn): () => void {
    const order = { ...turn };
    this.#orders.add(order);
    return () => {
      this.#orders.delete(order);
      this.onLess();
    };
  }

  /** Whose turn it is; null where nobody needs it. */
  standing(): Standing | null {
    const bytes = JOB_BYTES + this.#readyBytes;
    const since = this.waitingSince();
    if (since !== undefined) return { class: 'waited', since, bytes };
    const [order] = [...this.#orders].sort(byTurn);
    // Giving way throws away what was read: with half of it done, that costs everybody more than the rest of it.
    const finishes = this.#ready.size >= HALF_DONE;
    if (order !== undefined) return { ...order, bytes, finishes };
    return this.begun ? { class: 'begun', since: this.#made, bytes, finishes } : null;
  }

  deliver(wanted: Wanted, products: JobProducts): void {
    const key = partOf(wanted);
    const before = this.#ready.get(key);
    this.#readyBytes += bytesOf(products) - (before === undefined ? 0 : bytesOf(before));
    this.#ready.set(key, products);
    this.onDelivered(wanted, products);
    const want = this.#wants.get(key);
    this.#wants.delete(key);
    for (const waiter of want?.waiters ?? []) waiter.resolve(products);
    this.onLess();
  }

  /** All of it is in the archive: whoever waits reads it there. */
  archived(): void {
    for (const want of this.#wants.values()) for (const waiter of [...want.waiters]) waiter.resolve(null);
    this.#wants.clear();
  }

  ready(wanted: Wanted): JobProducts | undefined {
    return this.#ready.get(partOf(wanted));
  }

  /** Everybody who still waits is told why it will not come. */
  fail(error: unknown): void {
    for (const want of this.#wants.values()) for (const waiter of [...want.waiters]) waiter.reject(error);
    this.#wants.clear();
  }

  #open(): Want[] {
    const now = this.now();
    return [...this.#wants.values()].filter((want) => isOpen(want, now)).sort((a, b) => a.since - b.since);
  }
}

function isOpen({ waiters, interestUntil }: Want, now: number): boolean {
  return waiters.size > 0 || now < interestUntil;
}

function bytesOf({ products }: JobProducts): number {
  let bytes = 0;
  for (const { data, mask } of products.values()) bytes += data.byteLength + (mask?.byteLength ?? 0);
  return bytes;
}

function notReady(): GeoCropError {
  return new GeoCropError('not-ready', 'The tile is being computed.', {
    hint: 'Ask again after the seconds of Retry-After, or follow /events.',
  });
}
