import { EventEmitter, once, setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import { followEvents } from './event-stream.js';
import type { Place } from './places.js';
import { viewOf } from './places.js';
import type { Traffic } from './traffic.js';

/** What browsers open to one host. */
const CONNECTIONS = 6;
/** Native tiles that a window shows. */
const VIEW = { across: 4, down: 3 } as const;
/** One in so many tiles that it has is asked for with its ETag, as when a page is loaded again. */
const ASKED_AGAIN = 5;

/** A window's tiles that the server has. */
export interface WarmView {
  /** Query of the map. */
  readonly map: string;
  readonly layer: string;
  readonly version: string;
  readonly tiles: readonly TileId[];
}

export interface BrowserOptions {
  readonly url: string;
  readonly traffic: Traffic;
  readonly random: () => number;
  /** Query of the map whose events are followed. */
  readonly map: string;
  readonly follows: boolean;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** A page: pans, asks for what it then shows with `wait=0`, and asks again when it is told, or when it was told to. */
export class Browser {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  /** The stream takes a connection of its own in a browser too, but HTTP/1.1 leaves it the other five. */
  readonly #streamAgent = new Agent({ keepAlive: true });
  readonly #tags = new Map<string, string>();
  /** `z/x/y` when that tile is ready. */
  readonly #ready = new EventEmitter().setMaxListeners(0);
  #cold = new AbortController();
  streams: Promise<number> = Promise.resolve(0);

  constructor(private readonly options: BrowserOptions) {
    const { url, map, follows, signal } = options;
    if (!follows) return;
    this.streams = followEvents(
      `${url}/events?${map}`,
      this.#streamAgent,
      ({ tile: { z, x, y }, state }) => {
        if (state === 'ready') this.#ready.emit(`${z}/${x}/${y}`);
      },
      signal,
    );
  }

  /** Shows what the server has. Resolves when all of it is there. */
  async pan(view: WarmView, due: number): Promise<void> {
    this.#lookAway();
    await Promise.all(
      view.tiles.map(async ({ z, x, y }) => {
        const path = `/tiles/${z}/${x}/${y}.png?${view.map}&layer=${view.layer}&v=${view.version}&wait=0`;
        const tag = this.#tags.get(path);
        const again = tag !== undefined && this.options.random() < 1 / ASKED_AGAIN;
        const answer = await this.options.traffic.get('cached tile', {
          path,
          agent: this.#agent,
          due,
          signal: this.options.signal,
          ...(again ? { headers: { 'If-None-Match': tag } } : {}),
        });
        const { etag } = answer?.headers ?? {};
        if (etag !== undefined) this.#tags.set(path, etag);
      }),
    );
  }

  /** Shows what nobody has computed yet. Resolves when all is there, or patience has ended. @returns tiles that came */
  async discover(place: Place, due: number): Promise<number> {
    this.#lookAway();
    const cold = new AbortController();
    setMaxListeners(0, cold.signal);
    this.#cold = cold;
    const leave = (): void => cold.abort();
    const timer = setTimeout(leave, this.options.patienceMs);
    this.options.signal.addEventListener('abort', leave);
    const came = await Promise.all(
      viewOf(place, VIEW.across, VIEW.down).map((tile) =>
        this.#untilReady(place.map, tile, due, cold.signal),
      ),
    );
    clearTimeout(timer);
    this.options.signal.removeEventListener('abort', leave);
    return came.filter(Boolean).length;
  }

  close(): void {
    this.#lookAway();
    this.#agent.destroy();
    this.#streamAgent.destroy();
  }

  /** Tiles that are not shown any more are not asked for again. */
  #lookAway(): void {
    this.#cold.abort();
  }

  async #untilReady(map: string, { z, x, y }: TileId, due: number, signal: AbortSignal): Promise<boolean> {
    for (let at = due; !signal.aborted; at = performance.now()) {
      const answer = await this.options.traffic.get('cold tile', {
        path: `/tiles/${z}/${x}/${y}.png?${map}&wait=0`,
        agent: this.#agent,
        due: at,
        signal,
      });
      if (answer === null) return false;
      if (answer.status !== 503) return true;
      const seconds = Number(answer.headers['retry-after'] ?? 1);
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const told = this.options.follows ? [once(this.#ready, `${z}/${x}/${y}`, { signal: either })] : [];
      await Promise.race([...told, sleep(seconds * 1000, undefined, { signal: either })]).catch(
        () => undefined,
      );
      for (const waiting of told) void waiting.catch(() => undefined);
      stop.abort();
    }
    return false;
  }
}

export const BROWSER_VIEW = VIEW;
