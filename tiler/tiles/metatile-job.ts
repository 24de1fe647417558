import { GeoCropError } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import type { MapKey } from './tile-service.js';

/** Products by name, of one native tile or of a whole metatile. */
export interface JobProducts {
  readonly products: ReadonlyMap<string, Raster>;
  /** A date could not be read: true values may differ, and nothing of it is archived. */
  readonly incomplete: boolean;
  /** What could not be read, for people: "scene: reason". */
  readonly missing: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
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
  resolve(products: JobProducts): void;
  reject(error: unknown): void;
}

/** Somebody who asked and did not wait, or not long enough, is still interested for this long: the viewer asks, and listens to events. */
export const INTEREST_MS = 60_000;

function keyOf(wanted: Wanted): string {
  return wanted === 'whole' ? 'whole' : `${wanted.x}/${wanted.y}`;
}

/**
 * One metatile that somebody wants, from the first question to the last tile: who waits for what, and what is ready.
 * Callers share the work and own their patience: leaving never disturbs another.
 */
export class MetatileJob {
  readonly #wants = new Map<string, Want>();
  readonly #ready = new Map<string, JobProducts>();
  /** True once bytes have been read: then it is finished even if nobody waits any more. */
  begun = false;
  /** Called when less is wanted than before: something was delivered, or somebody left. */
  onLess: () => void = () => undefined;

  constructor(
    readonly id: string,
    readonly map: MapKey,
    readonly metatile: TileId,
    /** The feature that is to be archived too, for a layer that is a feature. */
    readonly feature: string | null,
    private readonly now: () => number,
  ) {}

  /** Resolves when it is ready; rejects with `not-ready` after `waitMs`, with `aborted` when the caller leaves. */
  want(wanted: Wanted, waitMs: number, signal?: AbortSignal): Promise<JobProducts> {
    const key = keyOf(wanted);
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
    return new Promise<JobProducts>((resolve, reject) => {
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

  /** The oldest want that is not ready and that somebody still cares for. */
  nextWanted(): Wanted | undefined {
    return this.#open()[0]?.wanted;
  }

  /** When its oldest open want was first asked; undefined where nobody cares. */
  waitingSince(): number | undefined {
    return this.#open()[0]?.since;
  }

  deliver(wanted: Wanted, products: JobProducts): void {
    const key = keyOf(wanted);
    this.#ready.set(key, products);
    const want = this.#wants.get(key);
    this.#wants.delete(key);
    for (const waiter of want?.waiters ?? []) waiter.resolve(products);
    this.onLess();
  }

  ready(wanted: Wanted): JobProducts | undefined {
    return this.#ready.get(keyOf(wanted));
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

function notReady(): GeoCropError {
  return new GeoCropError('not-ready', 'The tile is being computed.', {
    hint: 'Ask again after the seconds of Retry-After, or follow /events.',
  });
}
