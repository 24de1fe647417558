import { setMaxListeners } from 'node:events';
import { abortedError } from './byte-source/slots.js';
import { onAbort } from './on-abort.js';

/**
 * Work that is done once for all who ask at the same time. Each waiter owns its patience: its abort rejects its own promise
 * only, and the work's signal fires when the last waiter has left. Nothing is remembered after the work has ended, whether
 * well or badly.
 */
export class SharedWork<T> {
  private readonly running = new Map<string, Running<T>>();

  /** Joins the work of this key, or starts it. */
  run(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(abortedError(signal));
    let work = this.running.get(key);
    if (work === undefined) {
      const controller = new AbortController();
      // One piece of work may read hundreds of ranges at once, each listening.
      setMaxListeners(0, controller.signal);
      const created: Running<T> = { controller, waiters: 0, result: start(controller.signal) };
      const forget = (): void => {
        if (this.running.get(key) === created) this.running.delete(key);
      };
      created.result.then(forget, forget);
      this.running.set(key, created);
      work = created;
    }
    const joined = work;
    joined.waiters += 1;
    return withPatience(joined.result, signal, () => {
      joined.waiters -= 1;
      if (joined.waiters > 0) return;
      // Who comes after this must not join work that is being stopped.
      if (this.running.get(key) === joined) this.running.delete(key);
      joined.controller.abort();
    });
  }
}

interface Running<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiters: number;
}

/** The promise's outcome, or `aborted` as soon as the signal fires; then `leave` is called once. */
export function withPatience<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const settled = onAbort(signal, () => {
      leave();
      reject(abortedError(signal));
    });
    promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
        reject(error);
      },
    );
  });
}
