import { GeoCropError } from '../../engine/errors.js';
import { isBetterClass, type WorkClass } from './work.js';

/** Milliseconds for which a count is good enough: what this process adds meanwhile is counted at once. */
const FRESH_MS = 250;
/** The same, for refusing somebody. */
const REFUSING_FRESH_MS = 20;
/** Of the limit: what nobody waits for leaves the rest to those who do. */
const SHARE_WITHOUT_WAITERS = 3 / 4;

/** How much waits, and whether more may. */
export class QueueRoom {
  private waiting = 0;
  private countedAt = -Infinity;
  private counting: Promise<void> | undefined;

  constructor(
    private readonly limit: number,
    private readonly count: () => Promise<number>,
    private readonly now: () => number,
  ) {}

  /** @throws queue-full, and what counting throws */
  async check(workClass: WorkClass): Promise<void> {
    const most = isBetterClass(workClass, 'job')
      ? this.limit
      : Math.max(1, Math.floor(this.limit * SHARE_WITHOUT_WAITERS));
    if (this.isOlderThan(FRESH_MS)) await this.refresh();
    // What was taken since the last count is not known: nobody is refused for it.
    else if (this.waiting >= most && this.isOlderThan(REFUSING_FRESH_MS)) await this.refresh();
    if (this.waiting < most) return;
    throw new GeoCropError('queue-full', `${this.waiting} pieces of work wait already.`, {
      hint: 'Ask again later.',
      context: { waiting: this.waiting, limit: most },
    });
  }

  added(): void {
    this.waiting += 1;
  }

  /** As it was known last; looks again for the next who asks. */
  get last(): number {
    if (this.isOlderThan(FRESH_MS)) this.refresh().catch(() => undefined);
    return this.waiting;
  }

  private isOlderThan(ms: number): boolean {
    return this.now() - this.countedAt >= ms;
  }

  private refresh(): Promise<void> {
    this.counting ??= (async () => {
      try {
        this.waiting = await this.count();
        this.countedAt = this.now();
      } finally {
        this.counting = undefined;
      }
    })();
    return this.counting;
  }
}
