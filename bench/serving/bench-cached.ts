import { existsSync } from 'node:fs';
import { nativeTiles } from '../../tiler/tiles/job-runner.js';
import { ARCHIVE_STORE, benchColdFromDisk } from '../cold/bench-cold.js';
import { LatencyHistogram } from '../load/histogram.js';
import type { LoadAnswer } from '../load/load-child.js';
import { startLoadProcess, type LoadProcess } from '../load/load-process.js';
import { sustainedRate } from '../load/sustained.js';
import type { BenchResult, Row } from '../report.js';
import { BENCH_METATILE, type BenchSeason } from '../season/make-season.js';
import { startTiers, type Tier } from './tiers.js';

/** Tiles a second that all are offered alike: what a hundred people who pan ask for. */
const OFFERED = 200;
/** Turns that the tiers take, so that whatever else the machine does falls on all of them. */
const ROUNDS = 3;
const ROUND_SECONDS = 1.2;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 1;
const CLOSED_SECONDS = 1.2;
const TRIAL_SECONDS = 1;
/** A rate holds where 99 of 100 tiles come within this, and none is left over. */
const LIMIT_MS = 50;
/** The last doubling of the rate is cut in halves this often: within a fifth. */
const BISECTIONS = 2;
/** Of what patient clients get in a closed loop: where the search begins. */
const GUESS = 0.6;

interface Measured {
  readonly tier: Tier;
  readonly latency: LatencyHistogram;
  readonly cpuMs: number;
  /** Of the tiles at the offered rate, those that came from the tier itself, from 0 to 1. */
  readonly share: number;
  readonly closedRate: number;
  readonly sustained: number;
  /** Cores that the generator took at that rate. */
  readonly generatorShare: number;
  readonly peakBytes: number;
}

/** The sixteen tiles of an archived metatile from each place that can have them, side by side. */
export async function benchCached(season: BenchSeason): Promise<BenchResult> {
  if (!existsSync(ARCHIVE_STORE)) await benchColdFromDisk(season);
  const started = await startTiers(season.catalogue, ARCHIVE_STORE);
  const load = startLoadProcess();
  try {
    const measured = await measureTiers(load, started.tiers);
    return {
      name: 'cached',
      title: 'Cached tiles: 256² classes as PNG over loopback, latency from when a tile was due',
      rows: [...measured.flatMap(rowsOf), ...ratioRows(measured)],
      skipped: started.skipped,
    };
  } finally {
    load.close();
    await started.stop();
  }
}

async function measureTiers(load: LoadProcess, tiers: readonly Tier[]): Promise<Measured[]> {
  const urls = (tier: Tier): string[] =>
    nativeTiles(BENCH_METATILE).map(({ z, x, y }) => `${tier.url}/tiles/${z}/${x}/${y}.png?layer=classes`);
  for (const tier of tiers) await load.closed({ urls: urls(tier), clients: 4, seconds: WARM_UP_SECONDS });

  const offered = tiers.map(() => ({ latency: new LatencyHistogram(), cpuMs: 0, answers: 0, from: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, tier] of tiers.entries()) {
      const sum = offered[i];
      if (sum === undefined) continue;
      const before = await cpuMs(tier);
      const report = await load.open({
        urls: urls(tier),
        rate: OFFERED,
        arrivals: 'poisson',
        seconds: ROUND_SECONDS,
        connections: CONNECTIONS,
        seed: round + 1,
      });
      sum.from += fromTier(tier, report);
      sum.cpuMs += (await cpuMs(tier)) - before;
      sum.answers += report.answers;
      sum.latency.add(report.latency);
    }
  }

  const out: Measured[] = [];
  for (const [i, tier] of tiers.entries()) {
    const closed = await load.closed({ urls: urls(tier), clients: CONNECTIONS, seconds: CLOSED_SECONDS });
    fromTier(tier, closed);
    const closedRate = closed.answers / closed.seconds;
    let generatorShare = closed.generatorShare;
    const { rate } = await sustainedRate(GUESS * closedRate, BISECTIONS, async (tried) => {
      const trial = await load.open({
        urls: urls(tier),
        rate: tried,
        arrivals: 'poisson',
        seconds: TRIAL_SECONDS,
        connections: CONNECTIONS,
        graceMs: 1000,
      });
      const holds =
        trial.answers === trial.offered && LatencyHistogram.from(trial.latency).quantile(0.99) <= LIMIT_MS;
      if (holds) generatorShare = trial.generatorShare;
      return holds;
    });
    const sum = offered[i];
    if (sum === undefined) continue;
    out.push({
      tier,
      latency: sum.latency,
      cpuMs: sum.cpuMs / sum.answers,
      share: sum.from / sum.answers,
      closedRate,
      sustained: rate,
      generatorShare,
      peakBytes: await tier.server.peakRss(),
    });
  }
  return out;
}

/** Of the server, since it began. */
async function cpuMs({ server }: Tier): Promise<number> {
  return 1000 * ((await server.gauges()).get('process_cpu_seconds_total') ?? NaN);
}

/**
 * Tiles that came from where they should: a tier that is slow for a moment is passed by.
 * @throws where an answer is no tile, or most are from elsewhere
 */
function fromTier({ name, proof }: Tier, report: LoadAnswer): number {
  const { answers, statuses, headers, failures } = report;
  const from = headers[proof] ?? 0;
  if (statuses['200'] === answers && Object.keys(failures).length === 0 && from > answers / 2) return from;
  throw new Error(`${name}: ${JSON.stringify({ answers, statuses, headers, failures })}, not all ${proof}`);
}

function rowsOf(measured: Measured): Row[] {
  const { tier, latency, cpuMs: cpu, closedRate, share, sustained, generatorShare, peakBytes } = measured;
  const at = (share: number): string => latency.quantile(share).toFixed(1);
  return [
    {
      what: `${tier.name}: tiles a second, 99 % within ${LIMIT_MS} ms`,
      value: sustained,
      unit: '/s',
      note: `${Math.round(closedRate)} /s to ${CONNECTIONS} patient clients; the generator took ${generatorShare.toFixed(2)} of a core`,
    },
    {
      what: `${tier.name}: latency at ${OFFERED} /s, median`,
      value: latency.quantile(0.5),
      unit: 'ms',
      note: `p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ${latency.count} tiles${share < 1 ? `, ${(100 * share).toFixed(1)} % of them from there` : ''}`,
    },
    {
      what: `${tier.name}: server CPU a tile`,
      value: cpu,
      unit: 'ms',
      note: Number.isNaN(peakBytes) ? '' : `${(peakBytes / 1e6).toFixed(0)} MB at the peak`,
    },
  ];
}

function ratioRows([memory, ...others]: readonly Measured[]): Row[] {
  if (memory === undefined) return [];
  return others.map(({ tier, latency, cpuMs: cpu, sustained }) => ({
    what: `${tier.name} / memory: tiles a second`,
    value: sustained / memory.sustained,
    unit: '×',
    note: `median latency ${(latency.quantile(0.5) / memory.latency.quantile(0.5)).toFixed(2)} ×, server CPU ${(cpu / memory.cpuMs).toFixed(2)} ×`,
  }));
}
