import { GeoCropError } from '../../errors.js';
import { onAbort } from '../on-abort.js';

/** A bounded number of things at once, first come first served; who gives up while waiting leaves the queue. */
export class Slots {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(count: number) {
    this.free = count;
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.take(signal);
    try {
      return await work();
    } finally {
      this.give();
    }
  }

  private take(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abortedError(signal));
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        stay();
        resolve();
      };
      const stay = onAbort(signal, () => {
        this.waiting.delete(enter);
        reject(abortedError(signal));
      });
      this.waiting.add(enter);
    });
  }

  private give(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
    } else {
      this.waiting.delete(next);
      next();
    }
  }
}

/** The error of a caller that gave up: never counted as the source's failure. */
export function abortedError(signal?: AbortSignal): GeoCropError {
  return new GeoCropError('aborted', 'The read was given up because nobody waits for it.', {
    cause: signal?.reason as unknown,
  });
}
