import type { SoakReport } from './run-soak.js';
import { trendOf, type Trend } from './trend.js';

/** Growth that is none: what a heap takes and gives back, and caches that are filled and bounded. */
export const GROWTH = { share: 0.05, bytes: 48e6 } as const;
/** With nothing else to do it would have computed so many: then it computes one under load. */
const ENOUGH_METATILES = 10;
/** Of what the log has, this much is told. */
const TOLD = 20;
/** docs/architecture.md, "Budgets": a process that computes. */
export const MEMORY_BYTES = 2 * 2 ** 30;
export const CACHED_P95_MS = 50;

/** Of memory after it has settled. */
export function memoryTrend({ moments, plan }: Pick<SoakReport, 'moments' | 'plan'>): Trend {
  return trendOf(
    moments
      .filter(({ seconds, rss }) => seconds >= plan.settleSeconds && Number.isFinite(rss))
      .map(({ seconds, rss }) => ({ seconds, value: rss })),
  );
}

export function allowedGrowth({ median }: Trend): number {
  return Math.max(GROWTH.bytes, GROWTH.share * median);
}

/**
 * What does not hold, in plain words; nothing where all does.
 * @param strict times and the slope of memory count too: on a machine of one's own, and for long enough to have a slope
 */
export function failuresOf(report: SoakReport, strict: boolean): string[] {
  const { traffic, moments, after, exitCode, log, load, plan } = report;
  const failures: string[] = [];
  const check = (holds: boolean, otherwise: string): void => void (holds || failures.push(otherwise));

  for (const wrong of traffic.wrong) failures.push(wrong);
  const untold = traffic.wrongCount - traffic.wrong.length;
  check(untold <= 0, `… and ${untold} more`);
  const errors = [...log].filter(([what]) => !what.startsWith('warn'));
  for (const [what, times] of errors.slice(0, TOLD)) {
    failures.push(`the server's log has, ${times} times: ${what}`);
  }
  check(errors.length <= TOLD, `the server's log has ${errors.length - TOLD} other errors`);

  const peak = Math.max(...moments.map(({ rss }) => rss).filter(Number.isFinite));
  check(moments.length > 0, 'there is no sample of its memory');
  check(peak <= MEMORY_BYTES, `${mb(peak)} of memory, above ${mb(MEMORY_BYTES)}`);
  const trend = memoryTrend(report);
  const allowed = allowedGrowth(trend);
  check(
    !strict || trend.growth <= allowed,
    `memory grew by ${mb(trend.growth)} after the first ${plan.settleSeconds.toFixed(0)} s, by Theil and Sen; ${mb(allowed)} is no growth`,
  );

  const cached = traffic.tallies['cached tile'];
  const p95 = cached.latency.quantile(0.95);
  check(cached.latency.count > 0, 'no cached tile was asked for');
  check(!strict || p95 < CACHED_P95_MS, `cached tiles took ${p95.toFixed(1)} ms at the 95th percentile`);
  // On a machine that has no time a short load may end before its first metatile.
  const due = strict || report.capacity * load.seconds >= ENOUGH_METATILES;
  check(!due || load.metatilesComputed > 0, 'nothing was computed while the load lasted');
  check(
    !strict || load.discoveredTiles + load.desktopTiles > 0,
    'nobody got a tile that was computed while the load lasted',
  );

  check(after.drainSeconds !== null, `its queue was not empty long after the load`);
  const expected: Readonly<Record<string, RegExp>> = {
    'a tile that it has': /^200 final$/,
    'a tile that it has not': /^200 final$/,
    readiness: /^200$/,
  };
  for (const [what, good] of Object.entries(expected)) {
    const answer = after.answers[what] ?? 'nothing';
    check(good.test(answer), `after the load, ${what}: ${answer}`);
  }
  check(exitCode === 0, `told to stop, it ended with ${exitCode}`);
  return failures;
}

export function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
