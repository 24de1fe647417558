import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeTiles } from '../../tiler/tiles/job-runner.js';
import { startGeoCrop } from '../geocrop-server.js';
import { LatencyHistogram } from '../load/histogram.js';
import { startLoadProcess } from '../load/load-process.js';
import type { BenchResult } from '../report.js';
import { BENCH_METATILE, DATES, type BenchSeason } from '../season/make-season.js';

const CROWD = 200;
/** The longest that a server waits before it says 503. */
const WAIT_SECONDS = 55;

/** Two hundred people open the same cold metatile at the same moment. */
export async function benchStampede(season: BenchSeason): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-stampede-'));
  const load = startLoadProcess();
  try {
    const server = await startGeoCrop(join(folder, 'server.log'), {
      GEOCROP_STAC: season.catalogue,
      GEOCROP_STORE: join(folder, 'store'),
      GEOCROP_LOG_LEVEL: 'warn',
    });
    const urls = nativeTiles(BENCH_METATILE).map(
      ({ z, x, y }) => `${server.url}/tiles/${z}/${x}/${y}.png?wait=${WAIT_SECONDS}`,
    );
    const report = await load.open({
      urls,
      rate: CROWD * 1000,
      arrivals: 'even',
      seconds: 0.001,
      connections: CROWD,
      graceMs: (WAIT_SECONDS + 5) * 1000,
    });
    // Who has his tile does not wait for the archive; the server is told to stop when that is done.
    while (((await server.gauges()).get('geocrop_running_metatiles') ?? 0) > 0) await load.closed(idle);
    const gauges = await server.gauges();
    const latency = LatencyHistogram.from(report.latency);
    const seconds = (share: number): number => latency.quantile(share) / 1000;
    const naive = CROWD * seconds(0);
    await server.stop();
    return {
      name: 'stampede',
      title: `Stampede: ${CROWD} requests at once over the ${urls.length} tiles of one cold metatile, ${DATES} dates from disk`,
      rows: [
        {
          what: 'first answer',
          value: seconds(0),
          unit: 's',
          note: 'catalogue and scenes looked up included',
        },
        { what: 'median answer', value: seconds(0.5), unit: 's' },
        {
          what: 'last answer',
          value: seconds(1),
          unit: 's',
          note: Object.entries({ ...report.statuses, ...report.failures })
            .map(([what, times]) => `${times} × ${what}`)
            .join(', '),
        },
        {
          what: 'computations of the metatile',
          value: gauges.get('geocrop_stage_seconds_count{stage="write"}') ?? NaN,
          unit: '×',
          budget: { atMost: 1 },
        },
        { what: 'server CPU', value: gauges.get('process_cpu_seconds_total') ?? NaN, unit: 's' },
        {
          what: 'each computed by itself / ours: last answer',
          value: naive / seconds(1),
          unit: '×',
          note: `${CROWD} times the first answer, ${naive.toFixed(0)} s`,
        },
      ],
      skipped: [],
    };
  } finally {
    load.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A quarter of a second without a request. */
const idle = { urls: [], clients: 0, seconds: 0.25 };
