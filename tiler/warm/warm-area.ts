import { asGeoCropError, isGeoCropError, type ErrorCode, type GeoCropError } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { Clock } from '../http/clock.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { MetatileDesk } from '../tiles/metatile-desk.js';
import type { Presence } from './presence.js';

export interface WarmingOptions {
  readonly desk: Pick<MetatileDesk, 'order' | 'ordersAtOnce'>;
  readonly definition: MapDefinition;
  /** Each once, in the order in which they are to be computed. */
  readonly metatiles: readonly TileId[];
  /** Asked just before one is ordered: somebody may have looked there meanwhile. */
  readonly presence: (metatile: TileId, signal: AbortSignal) => Promise<Exclude<Presence, 'unknown'>>;
  /** Ends it at once: what has not begun stays undone. */
  readonly signal: AbortSignal;
  /** Milliseconds after which nothing more is ordered; null: until all is there. */
  readonly forMs: number | null;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly onProgress?: (tally: WarmingTally) => void;
}

/** How far it is. */
export interface WarmingTally {
  /** Computed by this warming, or by others while it waited. */
  readonly made: number;
  /** Found there when their turn came. */
  readonly there: number;
  /** Without a scene in the season. */
  readonly empty: number;
  /** Tried, and not there: those that will be tried again among them. */
  readonly failed: readonly WarmingFailure[];
  /** Not tried, or not to the end. */
  readonly left: number;
  /** Why nothing is ordered just now; null: something is. */
  readonly waitingFor: GeoCropError | null;
}

export interface WarmingFailure {
  readonly metatile: TileId;
  readonly error: GeoCropError;
}

export interface WarmingResult extends WarmingTally {
  /** `gave-up`: no metatile could be computed any more, which `because` tells. */
  readonly ended: 'all-tried' | 'time-box' | 'interrupted' | 'gave-up';
  readonly because: GeoCropError | null;
  readonly seconds: number;
}

/** What is under way when the time is up may be finished within this. */
export const GRACE_MS = 120_000;

/** These are not of a metatile: it is ordered again, later. */
const NOT_ITS_OWN: readonly ErrorCode[] = ['queue-full', 'queue-unavailable'];
/** These pass, and until then all that is ordered fails. (A source that cannot be read may be one scene's own fault.) */
const PASSING: readonly ErrorCode[] = [...NOT_ITS_OWN, 'stac-unavailable', 'store-unavailable'];
/** After such a failure nothing is ordered for so long, twice as long after each further one, at most MOST_WAIT_MS. */
const FIRST_WAIT_MS = 5_000;
const MOST_WAIT_MS = 300_000;
/** Such failures in a row after which it gives up: with these waits, more than an hour. */
const MOST_IN_A_ROW = 20;

/**
 * Has metatiles computed and archived until all are there, the time is up, or it is interrupted. What fails is tried once
 * more at the end. Doing it again goes on where it ended, for what is there is skipped. Never throws for a metatile's sake.
 */
export async function warmArea(options: WarmingOptions): Promise<WarmingResult> {
  return new Warming(options).run();
}

class Warming {
  #made = 0;
  #there = 0;
  #empty = 0;
  readonly #failed = new Map<TileId, WarmingFailure>();
  #ended: WarmingResult['ended'] | null = null;
  #because: GeoCropError | null = null;
  /** Takes back what is under way. */
  readonly #abort = new AbortController();
  #inARow = 0;
  #pause: { readonly why: GeoCropError; readonly over: Promise<void>; readonly end: () => void } | null =
    null;

  constructor(private readonly options: WarmingOptions) {}

  async run(): Promise<WarmingResult> {
    const { signal, forMs, clock, metatiles } = this.options;
    const began = clock.now();
    const interrupt = (): void => {
      this.#end('interrupted');
      this.#abort.abort();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    const timers =
      forMs === null
        ? []
        : [
            clock.after(forMs, () => this.#end('time-box')),
            clock.after(forMs + GRACE_MS, () => this.#abort.abort()),
          ];
    try {
      await this.#walk(metatiles);
      await this.#walk([...this.#failed.keys()]);
    } finally {
      timers.forEach((cancel) => cancel());
      signal.removeEventListener('abort', interrupt);
    }
    const ended = this.#ended ?? 'all-tried';
    return { ...this.#tally(), ended, because: this.#because, seconds: (clock.now() - began) / 1000 };
  }

  async #walk(metatiles: readonly TileId[]): Promise<void> {
    const waiting = [...metatiles].reverse();
    const line = async (): Promise<void> => {
      for (;;) {
        while (this.#pause !== null) await this.#pause.over;
        const metatile = this.#ended === null ? waiting.pop() : undefined;
        if (metatile === undefined) return;
        const error = await this.#have(metatile);
        if (error === null) this.#inARow = 0;
        else if (this.#abort.signal.aborted) return;
        else {
          if (isGeoCropError(error, ...NOT_ITS_OWN)) waiting.push(metatile);
          else this.#failed.set(metatile, { metatile, error });
          this.#consider(error);
        }
        this.#tell();
      }
    };
    await Promise.all(Array.from({ length: this.options.desk.ordersAtOnce }, line));
  }

  /** null: it is there, or there is nothing to have. */
  async #have(metatile: TileId): Promise<GeoCropError | null> {
    const { desk, definition, presence } = this.options;
    const { signal } = this.#abort;
    try {
      const found = await presence(metatile, signal);
      if (found === 'there') this.#there += 1;
      else if (found === 'empty') this.#empty += 1;
      else {
        await desk.order(
          { definition, metatile, feature: null },
          { class: 'warming', owner: 'warming', signal },
        );
        this.#made += 1;
      }
    } catch (error) {
      if (!isGeoCropError(error, 'no-scenes')) return asGeoCropError(error);
      this.#empty += 1;
    }
    this.#failed.delete(metatile);
    return null;
  }

  /** Whether to go on after a failure, and when. */
  #consider(error: GeoCropError): void {
    if (isGeoCropError(error, 'store-full')) {
      this.#end('gave-up', error);
      return;
    }
    if (!isGeoCropError(error, ...PASSING)) {
      this.#inARow = 0;
      return;
    }
    // What was ordered before the last failure says nothing new.
    if (this.#pause !== null) return;
    // People fill the queue: that is no failure, however long it lasts.
    if (!isGeoCropError(error, 'queue-full')) this.#inARow += 1;
    if (this.#inARow >= MOST_IN_A_ROW) this.#end('gave-up', error);
    else this.#wait(Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, this.#inARow - 1)), error);
  }

  #wait(ms: number, why: GeoCropError): void {
    if (this.#ended !== null) return;
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = () => {
        this.#pause = null;
        cancel();
        resolve();
      };
    });
    const cancel = this.options.clock.after(ms, end);
    this.#pause = { why, over, end };
  }

  #end(ended: WarmingResult['ended'], because: GeoCropError | null = null): void {
    // An interrupt is the last word.
    if (this.#ended !== null && ended !== 'interrupted') return;
    this.#ended = ended;
    this.#because = because;
    this.#pause?.end();
  }

  #tell(): void {
    this.options.onProgress?.(this.#tally());
  }

  #tally(): WarmingTally {
    const failed = [...this.#failed.values()];
    const done = this.#made + this.#there + this.#empty + failed.length;
    return {
      made: this.#made,
      there: this.#there,
      empty: this.#empty,
      failed,
      left: this.options.metatiles.length - done,
      waitingFor: this.#pause?.why ?? null,
    };
  }
}
