import { UNREACHABLE } from './api.js';
import type { Problem, TileAddress, TileEvent } from './api.js';
import { strings } from './strings.js';
import { contains, NATIVE_ZOOM, tileKey } from './tile-math.js';
import { isPending, mayComeYet } from './tile-status.js';
import type { TileQuality, TileStatus } from './tile-status.js';

export interface Fetched<P> {
  readonly picture: P;
  readonly quality: TileQuality;
  readonly tier: string;
}

/** Holds the newest picture of a tile: it changes in place when a stale or incomplete tile is made anew. */
export interface PictureHolder<P> {
  picture: P;
}

export interface TileStoreOptions<P> {
  /** One request with wait=0. Resolves to the picture, or to the problem of an answer that is none; never rejects but for aborts. */
  readonly fetchTile: (tile: TileAddress, signal: AbortSignal) => Promise<Fetched<P> | Problem>;
  /** Calls back after `ms` until the returned function is called. */
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly onChange: () => void;
  /** Requests in flight at once. */
  readonly maxRequests: number;
}

interface Entry<P> {
  status: TileStatus;
  holder: PictureHolder<P> | null;
  readonly promise: Promise<PictureHolder<P> | null>;
  readonly resolve: (holder: PictureHolder<P> | null) => void;
  abort: AbortController | null;
  cancelTimer: (() => void) | null;
  /** To be asked for as soon as a request is free and it is in view. */
  wanted: boolean;
  /** Native tiles below this one that are ready. */
  readonly readyBelow: Set<string>;
  /** Failures in a row that may pass by themselves. */
  misses: number;
}

/** While events flow they say when to ask again; asking anyway, rarely, covers an event that got lost. */
const SAFETY_RETRY_SECONDS = 20;
const DEFAULT_RETRY_SECONDS = 3;
const MAX_RETRY_SECONDS = 60;
/** So that zooming through five levels does not ask for the tiles of each. */
const SETTLE_MS = 120;
const PENDING_CODES = new Set(['not-ready', 'queue-full', 'queue-unavailable', 'shutting-down']);
const isProblem = <P>(answer: Fetched<P> | Problem): answer is Problem => 'code' in answer;

/**
 * What is known of each tile of one layer, and the requests for it. A tile that is not ready is asked for again when an
 * event says so, or after Retry-After where no events come; tiles out of view wait until they are in view again.
 */
export class TileStore<P> {
  readonly #entries = new Map<string, Entry<P>>();
  readonly #options: TileStoreOptions<P>;
  #order: readonly string[] = [];
  #inView = new Set<string>();
  #running = 0;
  #eventsLive = false;
  #cancelSettle: (() => void) | null = null;
  /** While nobody answers, one request now and then asks for all. */
  #outages = 0;
  #cancelProbe: (() => void) | null = null;
  #closed = false;

  constructor(options: TileStoreOptions<P>) {
    this.#options = options;
  }

  /** The picture once it is there; null where there will be none. Asked for only while in view. */
  load(tile: TileAddress): Promise<PictureHolder<P> | null> {
    const key = tileKey(tile);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      let resolve: Entry<P>['resolve'] = () => {};
      const promise = new Promise<PictureHolder<P> | null>((done) => (resolve = done));
      entry = {
        status: { tile, phase: 'waiting', progress: null, problem: null, quality: 'final', tier: null },
        holder: null,
        promise,
        resolve,
        abort: null,
        cancelTimer: null,
        wanted: true,
        readyBelow: new Set(),
        misses: 0,
      };
      this.#entries.set(key, entry);
      this.#settle();
    }
    return entry.promise;
  }

  forget(tile: TileAddress): void {
    const key = tileKey(tile);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    entry.abort?.abort();
    entry.cancelTimer?.();
    entry.resolve(null);
  }

  /** Tiles in view, most urgent first. */
  setView(tiles: readonly TileAddress[]): void {
    const order = tiles.map(tileKey);
    // In another order they are the same tiles: nothing to tell.
    const others = order.length !== this.#order.length || order.some((key) => !this.#inView.has(key));
    this.#order = order;
    this.#inView = new Set(order);
    for (const key of this.#order) {
      const entry = this.#entries.get(key);
      // Its timer was dropped when it left the view.
      if (
        entry !== undefined &&
        entry.holder === null &&
        entry.abort === null &&
        entry.cancelTimer === null
      ) {
        if (mayComeYet(entry.status)) entry.wanted = true;
      }
    }
    for (const [key, entry] of this.#entries) {
      if (this.#inView.has(key)) continue;
      entry.cancelTimer?.();
      entry.cancelTimer = null;
    }
    if (others) this.#options.onChange();
    this.#settle();
  }

  statuses(): TileStatus[] {
    return this.#order.flatMap((key) => this.#entries.get(key)?.status ?? []);
  }

  /** The picture now, without asking for it. */
  peek(tile: TileAddress): P | null {
    return this.#entries.get(tileKey(tile))?.holder?.picture ?? null;
  }

  retry(tile: TileAddress): void {
    const entry = this.#entries.get(tileKey(tile));
    if (entry === undefined) return;
    this.#probeNow();
    this.#update(entry, { phase: 'waiting', problem: null, progress: null });
    this.#want(entry);
  }

  /** Events come or do not: when they come again, everything pending is asked for, since some may have been missed. */
  setEventsLive(live: boolean): void {
    if (live === this.#eventsLive) return;
    this.#eventsLive = live;
    if (live) this.#probeNow();
    for (const entry of this.#entries.values()) {
      if (entry.holder === null && mayComeYet(entry.status)) this.#want(entry);
    }
  }

  handle(event: TileEvent): void {
    for (const entry of this.#entries.values()) {
      const { tile } = entry.status;
      if (contains(event.tile, tile)) this.#handleAbove(entry, event);
      else if (contains(tile, event.tile)) this.#handleBelow(entry, event);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelSettle?.();
    this.#probeNow();
    for (const entry of [...this.#entries.values()]) this.forget(entry.status.tile);
  }

  /** The event is about this tile or all of a metatile that it lies in. */
  #handleAbove(entry: Entry<P>, event: TileEvent): void {
    const exact = event.tile.z === entry.status.tile.z;
    if (event.state === 'ready' || event.state === 'archived') {
      if (entry.holder === null || entry.status.quality !== 'final') this.#want(entry);
    } else if (entry.holder !== null) {
      return;
    } else if (event.state === 'failed') {
      this.#fail(entry, {
        code: 'failed',
        detail: event.message ?? strings.tiles.couldNotBeMade,
        hint: null,
        status: 0,
        retryAfter: null,
      });
    } else if (exact || entry.status.tile.z >= NATIVE_ZOOM) {
      this.#update(entry, { phase: event.state, progress: event.progress ?? null, problem: null });
    }
  }

  /** The event is about a native tile (or metatile) inside this zoomed-out one. */
  #handleBelow(entry: Entry<P>, event: TileEvent): void {
    if (entry.holder !== null) {
      if (event.state === 'archived' && entry.status.quality !== 'final') this.#want(entry);
      return;
    }
    if (!isPending(entry.status.phase) && event.state !== 'archived') return;
    const parts = 4 ** Math.max(0, NATIVE_ZOOM - entry.status.tile.z);
    if (event.state === 'ready') entry.readyBelow.add(tileKey(event.tile));
    const progress = entry.readyBelow.size / parts;
    if (event.state === 'archived' || entry.readyBelow.size >= parts) {
      this.#want(entry);
    } else if (event.state === 'reading' || event.state === 'computing' || event.state === 'ready') {
      const phase = event.state === 'reading' ? 'reading' : 'computing';
      this.#update(entry, {
        phase,
        progress: phase === 'reading' && progress === 0 ? (event.progress ?? null) : progress,
      });
    }
  }

  #settle(): void {
    if (this.#closed || this.#cancelSettle !== null) return;
    this.#cancelSettle = this.#options.after(SETTLE_MS, () => {
      this.#cancelSettle = null;
      this.#pump();
    });
  }

  #want(entry: Entry<P>): void {
    entry.cancelTimer?.();
    entry.cancelTimer = null;
    entry.wanted = true;
    this.#pump();
  }

  #pump(): void {
    const limit = this.#outages === 0 ? this.#options.maxRequests : this.#cancelProbe === null ? 1 : 0;
    for (const key of this.#order) {
      if (this.#closed || this.#running >= limit) return;
      const entry = this.#entries.get(key);
      if (entry?.wanted === true && entry.abort === null) void this.#request(key, entry);
    }
  }

  async #request(key: string, entry: Entry<P>): Promise<void> {
    entry.wanted = false;
    const abort = new AbortController();
    entry.abort = abort;
    this.#running += 1;
    try {
      const answer = await this.#options.fetchTile(entry.status.tile, abort.signal);
      if (this.#entries.get(key) === entry) this.#answer(entry, answer);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      entry.abort = null;
      this.#running -= 1;
      this.#pump();
    }
  }

  #answer(entry: Entry<P>, answer: Fetched<P> | Problem): void {
    if (isProblem(answer) && answer.code === UNREACHABLE) {
      entry.wanted = true;
      if (entry.holder === null) this.#update(entry, { phase: 'waiting', problem: answer, progress: null });
      this.#probeLater(answer.retryAfter ?? DEFAULT_RETRY_SECONDS);
      return;
    }
    this.#probeNow();
    this.#outages = 0;
    if (!isProblem(answer)) {
      entry.misses = 0;
      if (entry.holder === null) entry.holder = { picture: answer.picture };
      else entry.holder.picture = answer.picture;
      entry.resolve(entry.holder);
      const { quality, tier } = answer;
      this.#update(entry, { phase: 'ready', progress: null, problem: null, quality, tier });
      return;
    }
    // A picture that is already there stays when making it anew does not work out.
    if (entry.holder !== null) return;
    if (answer.code === 'not-computed') {
      entry.resolve(null);
      this.#update(entry, { phase: 'absent', problem: answer, progress: null });
    } else if (PENDING_CODES.has(answer.code)) {
      entry.misses = 0;
      const asked = answer.retryAfter ?? DEFAULT_RETRY_SECONDS;
      const eventsTell = this.#eventsLive && answer.code === 'not-ready';
      this.#retryIn(entry, eventsTell ? Math.max(asked, SAFETY_RETRY_SECONDS) : asked);
      const { phase } = entry.status;
      if (!isPending(phase) || phase === 'waiting' || phase === 'queued') {
        this.#update(entry, { phase: 'queued', problem: answer.code === 'not-ready' ? null : answer });
      }
    } else {
      this.#fail(entry, answer);
      if (answer.retryAfter !== null) {
        entry.misses += 1;
        this.#retryIn(entry, Math.min(MAX_RETRY_SECONDS, answer.retryAfter * 2 ** (entry.misses - 1)));
      }
    }
  }

  #probeLater(seconds: number): void {
    if (this.#cancelProbe !== null) return;
    this.#outages += 1;
    const wait = Math.min(MAX_RETRY_SECONDS, seconds * 2 ** (this.#outages - 1));
    this.#cancelProbe = this.#options.after(wait * 1000, () => {
      this.#cancelProbe = null;
      this.#pump();
    });
  }

  #probeNow(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = null;
  }

  #retryIn(entry: Entry<P>, seconds: number): void {
    entry.cancelTimer?.();
    entry.cancelTimer = this.#options.after(seconds * 1000, () => {
      entry.cancelTimer = null;
      this.#want(entry);
    });
  }

  #fail(entry: Entry<P>, problem: Problem): void {
    entry.cancelTimer?.();
    entry.cancelTimer = null;
    entry.wanted = false;
    this.#update(entry, { phase: 'failed', problem, progress: null });
  }

  #update(entry: Entry<P>, change: Partial<TileStatus>): void {
    entry.status = { ...entry.status, ...change };
    this.#options.onChange();
  }
}
