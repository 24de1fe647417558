import { GeoCropError, isGeoCropError } from '../../../engine/errors.js';
import type { ByteSource } from '../../../engine/windows/byte-source.js';
import { abortedError } from '../../../engine/windows/byte-source/slots.js';
import { onAbort } from '../../../engine/windows/on-abort.js';
import type { Clock } from '../../http/clock.js';
import type { CogAnswer, CogJob, CogWork } from '../jobs/job.js';
import { bytesOfValues, likelyValues, valuesOfBytes } from './job-memory.js';
import { CogLane } from './cog-lane.js';
import type { CogRunner } from './cog-runner.js';
import type { ThreadData } from './messages.js';
import { Admission } from './admission.js';

export interface CogThreadsOptions {
  readonly source: ByteSource;
  readonly threads: number;
  /** What jobs under way may take together, bytes. */
  readonly memoryBytes: number;
  /** The longest that a job may take, waiting for its turn included, milliseconds. */
  readonly timeoutMs: number;
  readonly data: ThreadData;
  readonly clock: Clock;
  readonly entry?: URL;
}

/** Jobs that wait for their bytes share a thread with others that compute. */
const JOBS_A_THREAD = 4;
/** For each that runs; more would only wait for their deadline. */
const WAITING_A_JOB = 16;
/** Within this a thread that is still in charge of itself gives a job up, milliseconds. */
const GRACE_MS = 2000;

/**
 * Threads that do the jobs of the COG service. A job has a deadline; a thread that does not even hear of it (a file that keeps
 * a decoder busy) is ended and replaced, and its other jobs are done again elsewhere, once. Threads start when they are needed.
 */
export class CogThreads implements CogRunner {
  readonly #options: CogThreadsOptions;
  readonly #lanes: (CogLane | null)[];
  readonly #admission: Admission;
  #closed = false;

  constructor(options: CogThreadsOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.threads }, () => null);
    const places = options.threads * JOBS_A_THREAD;
    this.#admission = new Admission({
      places,
      bytes: options.memoryBytes,
      waiting: places * WAITING_A_JOB,
    });
  }

  async run(href: string, job: CogJob, signal: AbortSignal): Promise<CogAnswer> {
    const { clock, timeoutMs, memoryBytes } = this.#options;
    const until = clock.now() + timeoutMs;
    const limit = valuesOfBytes(memoryBytes);
    let values = Math.min(limit, likelyValues(job));
    for (;;) {
      try {
        return await this.#admitted(href, { job, mostValues: values }, signal, until);
      } catch (error) {
        // It is more than it looked from here, but not too much.
        const needed = isGeoCropError(error, 'area-too-large') ? error.context['values'] : undefined;
        if (typeof needed !== 'number' || needed <= values || needed > limit) throw error;
        values = needed;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#admission.close(stopping());
    const running = this.#lanes.filter((lane) => lane !== null);
    await Promise.all(running.map((lane) => lane.end(stopping())));
  }

  async #admitted(href: string, work: CogWork, signal: AbortSignal, until: number): Promise<CogAnswer> {
    const { clock, timeoutMs } = this.#options;
    if (this.#closed) throw stopping();
    const leave = await this.#admission.enter(bytesOfValues(work.mostValues), signal, (refuse) =>
      clock.after(until - clock.now(), () => refuse(late(timeoutMs))),
    );
    try {
      for (let again = true; ; again = false) {
        try {
          return await this.#attempt(href, work, signal, until - clock.now());
        } catch (error) {
          const innocent = isGeoCropError(error, 'internal') && error.context['innocent'] === true;
          if (!innocent || !again) throw error;
        }
      }
    } finally {
      leave();
    }
  }

  /** Resolves or rejects only once the thread has nothing to do with the job any more: its memory counts until then. */
  #attempt(href: string, work: CogWork, signal: AbortSignal, leftMs: number): Promise<CogAnswer> {
    const { clock, timeoutMs } = this.#options;
    if (this.#closed) return Promise.reject(stopping());
    if (signal.aborted) return Promise.reject(abortedError(signal));
    if (leftMs <= 0) return Promise.reject(late(timeoutMs));
    const lane = this.#lane();
    const { answer, abort } = lane.start(href, work);
    let given: GeoCropError | null = null;
    let endTimer = (): void => undefined;
    const giveUp = (error: GeoCropError): void => {
      given ??= error;
      abort();
      endTimer();
      endTimer = clock.after(GRACE_MS, () => {
        // Whoever else is in there had no part in it.
        void lane.end(new GeoCropError('internal', 'A thread was ended.', { context: { innocent: true } }));
      });
    };
    const settled = onAbort(signal, () => giveUp(abortedError(signal)));
    endTimer = clock.after(leftMs, () => giveUp(late(timeoutMs)));
    return answer
      .catch((error: unknown) => {
        throw given ?? error;
      })
      .finally(() => {
        settled();
        endTimer();
      });
  }

  /** The one with the fewest jobs; an idle one before one that would have to be started. */
  #lane(): CogLane {
    const running = this.#lanes.filter((lane) => lane !== null).sort((a, b) => a.jobs - b.jobs)[0];
    const free = this.#lanes.indexOf(null);
    if (running !== undefined && (running.jobs === 0 || free < 0)) return running;
    const { data, source, entry } = this.#options;
    const lane: CogLane = new CogLane({
      data,
      source,
      ...(entry === undefined ? {} : { entry }),
      onEnd: () => {
        if (this.#lanes[free] === lane) this.#lanes[free] = null;
      },
    });
    this.#lanes[free] = lane;
    return lane;
  }
}

function late(timeoutMs: number): GeoCropError {
  return new GeoCropError('deadline', `The request took more than ${timeoutMs / 1000} s.`, {
    hint: 'Ask for less at once; files without overviews are slow where much of them is seen.',
    context: { seconds: timeoutMs / 1000 },
  });
}

function stopping(): GeoCropError {
  return new GeoCropError('shutting-down', 'The process is stopping.');
}
