import type { Tally } from '../load/tally.js';
import type { SoakReport } from './run-soak.js';
import { median } from './trend.js';
import { KINDS } from './traffic.js';
import { CACHED_P95_MS, memoryTrend, allowedGrowth, mb } from './verdict.js';

/** Lines of the log. */
const TOLD = 20;
/** Parts that the load is divided into, to see memory move. */
const PARTS = 6;

/** What a soak saw, for people. */
export function soakText(report: SoakReport): string {
  const { load, capacity, traffic, after, log, plan } = report;
  const trend = memoryTrend(report);
  const cached = traffic.tallies['cached tile'].latency;
  return [
    `${load.seconds.toFixed(0)} s of load: ${load.metatilesAsked} metatiles asked for (${per(load.metatilesAsked, load.seconds)}), ` +
      `${load.metatilesComputed} computed (${per(load.metatilesComputed, load.seconds)}; ${per(capacity, 1)} where it had nothing else to do)`,
    `browsers looked at ${load.discoveries} new places and got ${load.discoveredTiles} tiles of them; desktops made ${load.desktopVisits} visits and got ${load.desktopTiles}`,
    '',
    'requests, their latency from when they were due, in milliseconds:',
    ...KINDS.map((kind) => tallyLine(kind, traffic.tallies[kind], traffic.left[kind] ?? 0)),
    '',
    `cached tiles: ${cached.quantile(0.95).toFixed(1)} ms at the 95th percentile (below ${CACHED_P95_MS} where the machine is its own)`,
    `memory after the first ${plan.settleSeconds.toFixed(0)} s: ${mb(trend.median)} at the median, growth ${mb(trend.growth)} (Theil and Sen, ${trend.samples} samples; up to ${mb(allowedGrowth(trend))} is none)`,
    ...memoryLines(report),
    `afterwards: queue empty after ${after.drainSeconds?.toFixed(0) ?? '–'} s, ${mb(after.rss)}; ` +
      Object.entries(after.answers)
        .map(([what, answer]) => `${what}: ${answer}`)
        .join(', '),
    `event loops stood still for at most: the server's ${longest(report, 'lagMs')} ms, the soak's own ${longest(report, 'ownLagMs')} ms (where that is long, the machine has no time for either)`,
    `event streams that ended early: ${load.brokenStreams}`,
    ...[...log].slice(0, TOLD).map(([what, times]) => `log: ${times} × ${what}`),
  ].join('\n');
}

function tallyLine(kind: string, tally: Tally, left: number): string {
  const { statuses, failures } = tally.report();
  const { latency } = tally;
  const at = (share: number): string => latency.quantile(share).toFixed(1).padStart(9);
  const counts = Object.entries({ ...statuses, ...failures })
    .map(([what, times]) => `${what} ${times}`)
    .concat(left > 0 ? [`left ${left}`] : []);
  return `  ${kind.padEnd(12)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)}  ${counts.join(', ')}`;
}

function memoryLines({ moments, load }: SoakReport): string[] {
  const lines: string[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const [from, to] = [(part * load.seconds) / PARTS, ((part + 1) * load.seconds) / PARTS];
    const inside = moments.filter(({ seconds }) => seconds >= from && seconds < to);
    const figures = (name: 'rss' | 'heap' | 'external'): number[] =>
      inside.map((moment) => moment[name]).filter(Number.isFinite);
    if (inside.length === 0) continue;
    const rss = figures('rss');
    lines.push(
      `  ${from.toFixed(0)} to ${to.toFixed(0)} s: ${mb(Math.min(...rss))} … ${mb(median(rss))} … ${mb(Math.max(...rss))}; ` +
        `heap ${mb(median(figures('heap')))}, outside of it ${mb(median(figures('external')))}`,
    );
  }
  return lines;
}

function longest({ moments }: SoakReport, name: 'lagMs' | 'ownLagMs'): string {
  return Math.max(...moments.map((moment) => moment[name]).filter(Number.isFinite)).toFixed(0);
}

function per(count: number, seconds: number): string {
  return `${(count / seconds).toFixed(2)} a second`;
}
