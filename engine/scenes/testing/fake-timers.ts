import type { Timers } from '../scene-source.js';

/** Sleeps longer than this are somebody's patience and end only by `fire`; shorter ones pass at once. */
const PATIENCE = 25_000;

/** A clock that moves only by what is slept. */
export class FakeTimers implements Timers {
  readonly slept: number[] = [];
  /** Called when somebody has begun to wait. */
  onSleep: (ms: number) => void = () => undefined;
  #now = 0;
  #waiting: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms < PATIENCE) {
      this.slept.push(ms);
      this.#now += ms;
      return;
    }
    const over = new Promise<void>((resolve, reject) => {
      this.#waiting.push(() => {
        this.#now += ms;
        resolve();
      });
      signal?.addEventListener('abort', () => reject(new Error('slept no more')), { once: true });
    });
    this.onSleep(ms);
    await over;
  }

  /** Everybody's patience ends. */
  fire(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    // They all waited at the same time: the clock moves once.
    waiting.at(-1)?.();
  }
}
