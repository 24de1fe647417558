import { GeoCropError } from '../errors.js';

/**
 * Something loaded once for all who ask. Each waiter owns only its own patience: one's abort does not reject another's,
 * and the loading stops when the last has left. A failed or aborted load leaves no trace: the next call tries again.
 */
export class SharedLoad<T> {
  #running:
    { readonly promise: Promise<T>; readonly controller: AbortController; waiters: number } | undefined;
  #loaded: { readonly value: T } | undefined;

  constructor(private readonly load: (signal: AbortSignal) => Promise<T>) {}

  async get(signal?: AbortSignal): Promise<T> {
    if (this.#loaded !== undefined) return this.#loaded.value;
    if (signal?.aborted === true) throw abortedError(signal);
    const running = (this.#running ??= this.#start());
    running.waiters += 1;
    try {
      return await orAbort(running.promise, signal);
    } finally {
      running.waiters -= 1;
      if (running.waiters === 0 && this.#running === running) {
        this.#running = undefined;
        running.controller.abort();
      }
    }
  }

  #start(): { promise: Promise<T>; controller: AbortController; waiters: number } {
    const controller = new AbortController();
    const promise = this.load(controller.signal).then((value) => {
      if (!controller.signal.aborted) this.#loaded = { value };
      return value;
    });
    // Its waiters may all have left before it fails.
    promise.catch(() => undefined);
    return { promise, controller, waiters: 0 };
  }
}

/** The promise, or `aborted` as soon as the signal fires. */
export async function orAbort<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) throw abortedError(signal);
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(abortedError(signal));
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
  }
}

export function abortedError(signal: AbortSignal): GeoCropError {
  return new GeoCropError('aborted', 'The work was given up because nobody waited for it.', {
    cause: signal.reason,
  });
}
