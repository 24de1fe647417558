import { GeoCropError } from '../../engine/errors.js';

/** Lets a few in at once, and a few wait: what takes seconds of a process is not begun by everybody together. */
export class Gate {
  #inside = 0;
  readonly #waiting: { readonly enter: () => void }[] = [];

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {}

  /**
   * Does the work when its turn comes.
   * @throws queue-full where too many wait; the signal's reason where it aborts before its turn
   */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#inside < this.most) this.#inside += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Who is next takes the place over.
      if (next === undefined) this.#inside -= 1;
      else next.enter();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.mostWaiting) {
      throw new GeoCropError('queue-full', 'Too many areas are being counted.', {
        hint: 'Ask again after the seconds of Retry-After.',
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason as Error);
      };
      const place = {
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting.push(place);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
