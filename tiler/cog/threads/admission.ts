import { GeoCropError } from '../../../engine/errors.js';
import { abortedError } from '../../../engine/windows/byte-source/slots.js';
import { onAbort } from '../../../engine/windows/on-abort.js';

export interface AdmissionOptions {
  /** Jobs at once. */
  readonly places: number;
  /** Memory that they may take together. */
  readonly bytes: number;
  /** Jobs that may wait; beyond it is `queue-full` at once. */
  readonly waiting: number;
}

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
  readonly refuse: (error: GeoCropError) => void;
}

/** Who waits longest goes first; a large job is not passed by small ones for ever. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #waiting = new Set<Waiting>();
  #jobs = 0;
  #bytes = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * @param bytes at most {@link AdmissionOptions.bytes}
   * @param onWait called where it has to wait, with what ends the waiting; returns what stops that
   * @returns what has to be called once, at the end
   */
  async enter(
    bytes: number,
    signal: AbortSignal,
    onWait: (refuse: (error: GeoCropError) => void) => () => void,
  ): Promise<() => void> {
    if (signal.aborted) throw abortedError(signal);
    if (this.#waiting.size > 0 || !this.#fits(bytes)) await this.#wait(bytes, signal, onWait);
    else this.#take(bytes);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#jobs -= 1;
      this.#bytes -= bytes;
      this.#next();
    };
  }

  /** Whoever waits is refused. */
  close(error: GeoCropError): void {
    for (const waiting of [...this.#waiting]) waiting.refuse(error);
  }

  #wait(
    bytes: number,
    signal: AbortSignal,
    onWait: (refuse: (error: GeoCropError) => void) => () => void,
  ): Promise<void> {
    if (this.#waiting.size >= this.#options.waiting) {
      return Promise.reject(
        new GeoCropError('queue-full', 'Too many files are being read at once.', {
          hint: 'Ask again in a moment.',
        }),
      );
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stay();
        stopTimer();
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        bytes,
        enter: () => {
          end();
          this.#take(bytes);
          resolve();
        },
        refuse: (error) => {
          end();
          reject(error);
          this.#next();
        },
      };
      const stay = onAbort(signal, () => waiting.refuse(abortedError(signal)));
      const stopTimer = onWait(waiting.refuse);
      this.#waiting.add(waiting);
    });
  }

  #fits(bytes: number): boolean {
    return this.#jobs < this.#options.places && this.#bytes + bytes <= this.#options.bytes;
  }

  #take(bytes: number): void {
    this.#jobs += 1;
    this.#bytes += bytes;
  }

  #next(): void {
    for (const waiting of [...this.#waiting]) {
      if (!this.#fits(waiting.bytes)) return;
      waiting.enter();
    }
  }
}
