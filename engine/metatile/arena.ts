import { GeoCropError } from '../errors.js';

const PAGE = 65_536;
const ALIGNMENT = 64;

/**
 * One shared WASM memory and what is taken of it. A job takes pieces, never gives one back, and resets the whole at its
 * end; the memory itself stays, so that the next job finds it warm and two jobs' memories never live side by side.
 */
export class Arena {
  #next: number;

  constructor(
    /** Tells arenas apart in the workers, which keep one kernel instance for each. */
    readonly id: number,
    readonly memory: WebAssembly.Memory,
    /** First byte that is free to use. */
    private readonly base: number,
    /** Bytes that a job may take at most. */
    private readonly limit: number,
  ) {
    this.#next = base;
  }

  /** Takes `bytes`, aligned to 64. @throws memory-limit */
  take(bytes: number): number {
    const start = Math.ceil(this.#next / ALIGNMENT) * ALIGNMENT;
    const end = start + bytes;
    if (end > this.limit) {
      throw new GeoCropError(
        'memory-limit',
        `The job needs ${Math.ceil(end / 2 ** 20)} MiB, more than its limit of ${Math.floor(this.limit / 2 ** 20)} MiB.`,
        { hint: 'Raise the memory for computing, or lower the cloud limit so that fewer dates are used.' },
      );
    }
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw new GeoCropError(
          'memory-limit',
          `The machine has no ${Math.ceil(end / 2 ** 20)} MiB for this job.`,
          {
            cause,
            hint: 'Give the process more memory, or lower the cloud limit so that fewer dates are used.',
          },
        );
      }
    }
    this.#next = end;
    return start;
  }

  reset(): void {
    this.#next = this.base;
  }
}
