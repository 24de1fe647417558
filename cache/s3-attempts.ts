import { setTimeout as sleepFor } from 'node:timers/promises';
import { onAbort } from '../engine/windows/on-abort.js';
import { abortedError, Slots } from '../engine/windows/byte-source/slots.js';
import { MAX_IN_FLIGHT } from './s3-client.js';
import { BrokenAnswer, failureOf } from './s3-failure.js';
import type { S3Options } from './s3-options.js';

/** The time of one try. */
export interface Patience {
  /** Fires when the time is up, or the caller gives up. */
  readonly signal: AbortSignal;
  /** Starts the time anew: so many bytes are now to come. */
  expect(bytes: number): void;
}

const TRIES = 3;
const TIMEOUT_MS = 5_000;
const FIRST_WAIT_MS = 100;
/** A slower line is no line: 8 Mbit/s. */
const BYTES_PER_MS = 2 ** 20 / 1000;

/** Runs requests: so many at once, each try under a time limit that reaches the last byte, again where it may pass. */
export class S3Attempts {
  private readonly slots: Slots;
  private readonly tries: number;
  private readonly timeoutMs: number;
  private readonly sleep: NonNullable<S3Options['sleep']>;

  constructor(options: Pick<S3Options, 'maxInFlight' | 'tries' | 'timeoutMs' | 'sleep'>) {
    this.slots = new Slots(options.maxInFlight ?? MAX_IN_FLIGHT);
    this.tries = options.tries ?? TRIES;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.sleep = options.sleep ?? sleepUnlessAborted;
  }

  /**
   * @param bytes that go out with the request
   * @param attempt is told the number of the try, from 1
   * Throws what the last try threw, or `aborted`.
   */
  async run<T>(
    bytes: number,
    signal: AbortSignal | undefined,
    attempt: (patience: Patience, number: number) => Promise<T>,
  ): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        return await this.slots.run(
          () => this.once(bytes, signal, (patience) => attempt(patience, number)),
          signal,
        );
      } catch (error) {
        if (isAborted(signal)) throw abortedError(signal);
        if (number >= this.tries || !failureOf(error).passing) throw error;
      }
      // Full jitter: those who failed together do not come back together.
      await this.sleep(FIRST_WAIT_MS * 4 ** (number - 1) * (0.5 + Math.random()), signal);
      if (isAborted(signal)) throw abortedError(signal);
    }
  }

  /** The SDK does not hear an abort in every state (reading a body, for one): the time limit does not depend on it. */
  private async once<T>(
    bytes: number,
    signal: AbortSignal | undefined,
    attempt: (patience: Patience) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const expect = (more: number): void => {
      clearTimeout(timer);
      const ms = Math.round(this.timeoutMs + more / BYTES_PER_MS);
      timer = setTimeout(() => controller.abort(new BrokenAnswer(`no full answer within ${ms} ms`)), ms);
    };
    const letGo = onAbort(signal, () => controller.abort(abortedError(signal)));
    const over = new Promise<never>((_, reject) => {
      onAbort(controller.signal, () => reject(controller.signal.reason as Error));
    });
    over.catch(() => undefined);
    expect(bytes);
    try {
      return await Promise.race([attempt({ signal: controller.signal, expect }), over]);
    } finally {
      clearTimeout(timer);
      letGo();
    }
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

async function sleepUnlessAborted(ms: number, signal?: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
