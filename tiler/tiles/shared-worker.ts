import { isGeoCropError, messageOf } from '../../engine/errors.js';
import type { BullWorkQueue } from '../queue/bull-work-queue.js';
import { GiveBack } from '../queue/give-back.js';
import { quietWarn } from '../queue/quiet-warn.js';
import type { SharedBoard } from '../queue/shared-board.js';
import type { Work } from '../queue/work.js';
import type { WorkContext } from '../queue/work-queue.js';
import { nativeTiles } from './job-runner.js';
import type { JobResult, LocalDesk } from './local-desk.js';
import { partOf, wantedOf, type JobProducts, type MetatileJob, type Wanted } from './metatile-job.js';
import { encodeProducts } from './products-message.js';
import { ORDER, postName } from './shared-desk.js';

export interface SharedWorkerOptions {
  readonly queue: Pick<BullWorkQueue, 'serve' | 'waitingBetter'>;
  readonly board: SharedBoard;
  readonly local: LocalDesk;
  /** Milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

/** How often a worker looks who wants what while it reads; between tiles it looks too. */
const LOOK_MS = 1_000;
/** Interest that was seen counts for so long: Redis may be away for a moment. */
const SEEN_MS = 15_000;
/** A tile that will be in the archive in a moment, and one that will not. */
const POST_MS = 120_000;
const UNARCHIVED_MS = 60_000;

/** Takes metatiles from the shared queue and computes them in this process, one at a time. */
export function serveMetatiles(given: SharedWorkerOptions): void {
  const options = { ...given, warn: quietWarn(given.warn) };
  options.queue.serve('metatile', { run: (work, context) => new SharedJob(options, work).run(context) });
}

/** One metatile of the shared queue, while it is computed here. */
class SharedJob {
  readonly #posted = new Set<string>();
  #job: MetatileJob | null = null;
  #wanted: readonly Wanted[] = [];
  /** Somebody ordered all of it, or nobody can be asked. */
  #ordered = false;

  constructor(
    private readonly options: SharedWorkerOptions,
    private readonly work: Work<'metatile'>,
  ) {}

  async run({ signal }: WorkContext): Promise<JobResult> {
    await this.#look();
    // Whoever asked has left, and nothing has been read.
    const begun = this.work.class === 'begun';
    if (this.#wanted.length === 0 && !this.#ordered && !begun) {
      return { archived: false, missing: [], dropped: true };
    }
    const yielding = new AbortController();
    const looking = setInterval(() => void this.#lookAround(yielding), LOOK_MS);
    try {
      const result = await this.options.local.execute(this.work, {
        signal: AbortSignal.any([signal, yielding.signal]),
        hold: this.#ordered || begun,
        follow: (job) => this.#follow(job),
      });
      if (!result.archived) await this.#postAll();
      return result;
    } catch (error) {
      if (yielding.signal.aborted) throw yielding.signal.reason;
      // Whoever asked left before anything was read.
      if (isGeoCropError(error, 'aborted') && !signal.aborted) {
        return { archived: false, missing: [], dropped: true };
      }
      // Another process goes on with it.
      if (isGeoCropError(error, 'shutting-down')) throw new GiveBack(error.message);
      throw error;
    } finally {
      clearInterval(looking);
    }
  }

  #follow(job: MetatileJob): void {
    this.#job = job;
    job.refresh = () => this.#look();
    job.onDelivered = (wanted, products) => {
      if (wanted !== 'whole' && this.#isWanted(wanted)) void this.#post(wanted, products, POST_MS);
    };
    this.#pass(job);
  }

  /** Yields what nobody waits for to what somebody waits for and no other worker has taken. */
  async #lookAround(yielding: AbortController): Promise<void> {
    await this.#look();
    const job = this.#job;
    const standing = job?.standing();
    if (job === null || standing?.class === 'waited' || standing?.finishes === true) return;
    const better = await this.options.queue.waitingBetter('metatile', 'begun');
    if (better) yielding.abort(new GiveBack(undefined, this.#ordered || !job.begun ? undefined : 'begun'));
  }

  async #look(): Promise<void> {
    try {
      const parts = await this.options.board.wanted(this.work.key);
      this.#wanted = parts.map(({ part }) => wantedOf(part)).filter((part) => part !== undefined);
      this.#ordered = parts.some(({ part }) => part === ORDER);
    } catch {
      // What was wanted a moment ago is what is known.
      this.#ordered = true;
    }
    if (this.#job !== null) this.#pass(this.#job);
  }

  /** Tells the job what is wanted, and posts what is ready of it already. */
  #pass(job: MetatileJob): void {
    const now = this.options.now();
    for (const wanted of this.#wanted) {
      const ready = job.ready(wanted);
      if (ready === undefined) job.interest(wanted, now, now + SEEN_MS);
      else if (wanted !== 'whole') void this.#post(wanted, ready, POST_MS);
    }
  }

  #isWanted(tile: Wanted): boolean {
    return this.#wanted.some((wanted) => partOf(wanted) === partOf(tile));
  }

  /** What is not archived can be had nowhere else. */
  async #postAll(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    this.#posted.clear();
    for (const wanted of ['whole' as const, ...nativeTiles(job.metatile)]) {
      const ready = job.ready(wanted);
      if (ready !== undefined) await this.#post(wanted, ready, UNARCHIVED_MS);
    }
  }

  async #post(wanted: Wanted, products: JobProducts, ttlMs: number): Promise<void> {
    const { board, warn } = this.options;
    const part = partOf(wanted);
    if (this.#posted.has(part)) return;
    this.#posted.add(part);
    try {
      await board.post(postName(this.work.key, wanted), await encodeProducts(products), ttlMs);
      await board.settle(this.work.key, part);
    } catch (error) {
      this.#posted.delete(part);
      warn('a tile could not be sent to who waits for it; it comes with the archive', {
        error: messageOf(error),
      });
    }
  }
}
