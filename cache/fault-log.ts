/** Milliseconds between two reports of failures. */
const REPORT_EVERY_MS = 60_000;

/** What is said of failures: the first at once, then at most one a minute, and one of their end. */
export interface FaultReport {
  /** What failed last, as its {@link Breaker} is called, and how; null: everything works again. */
  readonly failed: { readonly what: string; readonly error: Error } | null;
  /** Since the last report. */
  readonly failures: number;
  /** What was not even tried, since the last report. */
  readonly skipped: number;
}

export interface FaultLogOptions {
  readonly report: (report: FaultReport) => void;
  /** Milliseconds, never going back. */
  readonly now?: () => number;
}

/** Faults of all that belongs to one service, told together and seldom. */
export class FaultLog {
  readonly now: () => number;
  private readonly failing = new Set<string>();
  private failures = 0;
  private skipped = 0;
  private reportedAt = Number.NEGATIVE_INFINITY;
  private endIsDue = false;

  constructor(private readonly options: FaultLogOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  fail(what: string, error: Error): void {
    this.failing.add(what);
    this.failures += 1;
    if (this.now() - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = this.now();
    this.endIsDue = true;
    this.report({ what, error });
  }

  skip(): void {
    this.skipped += 1;
  }

  recover(what: string): void {
    this.failing.delete(what);
    if (this.failing.size > 0 || !this.endIsDue) return;
    this.endIsDue = false;
    this.report(null);
  }

  private report(failed: FaultReport['failed']): void {
    const { failures, skipped } = this;
    this.failures = 0;
    this.skipped = 0;
    this.options.report({ failed, failures, skipped });
  }
}
