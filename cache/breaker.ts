import type { FaultLog } from './fault-log.js';

/** Milliseconds without trying after a failure. Full service within 10 s of a fault's end leaves room to connect again, too. */
export const REST_MS = 3_000;

/** Spares everyone what has just failed: it rests, then one caller tries for all. */
export class Breaker {
  private failing = false;
  private probing = false;
  private restUntil = 0;
  private failures = 0;
  private skipped = 0;

  /** @param what names it in the log */
  constructor(
    private readonly what: string,
    private readonly log: FaultLog,
  ) {}

  /** What the work gave; undefined where it failed, or was not begun. Never rejects. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    const probe = this.failing;
    if (probe && (this.probing || this.log.now() < this.restUntil)) {
      this.skip();
      return undefined;
    }
    if (probe) this.probing = true;
    try {
      const result = await work();
      // What was begun before a failure says nothing of the time after it.
      if (probe) this.recover();
      return result;
    } catch (error) {
      if (probe) this.rest();
      this.fail(error);
      return undefined;
    } finally {
      if (probe) this.probing = false;
    }
  }

  /** Counts what was not begun, by who knows that it would fail. */
  skip(): void {
    this.skipped += 1;
    this.log.skip();
  }

  /** A failure that no work met: a connection that was lost, or could not be made. */
  fail(error: unknown): void {
    if (!this.failing) this.rest();
    this.failures += 1;
    this.log.fail(this.what, error instanceof Error ? error : new Error(String(error)));
  }

  stats(): { readonly failures: number; readonly skipped: number } {
    return { failures: this.failures, skipped: this.skipped };
  }

  private rest(): void {
    this.failing = true;
    this.restUntil = this.log.now() + REST_MS;
  }

  private recover(): void {
    this.failing = false;
    this.log.recover(this.what);
  }
}
