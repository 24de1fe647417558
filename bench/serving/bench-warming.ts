import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, withoutRedis } from '../../cache/redis-server.js';
import { tileBoundsLonLat } from '../../engine/geo/tile-matrix.js';
import { COLLECTION } from '../../tiler/e2e/world.js';
import { ask, startChild } from '../child.js';
import { ROOT } from '../folders.js';
import { startGeoCrop } from '../geocrop-server.js';
import type { BenchResult, Row } from '../report.js';
import type { WorldOrder, WorldReport } from '../soak/world-child.js';

/** Scenes of five dates over the middle of each metatile: quick enough for several metatiles a way. */
const SIDE_METRES = 4000;
/** z11 tiles: 2 × 2 metatiles. */
const AREA = { z: 11, x: 1196, y: 1125 } as const;
const METATILES = 4;

interface WarmingReport {
  readonly result: { readonly seconds: number; readonly made: number; readonly failed: number } | null;
}

/** Metatiles an hour that `geocrop warm` makes: by threads of one process, and by workers that share a queue. */
export async function benchWarming(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-warming-'));
  const world = startChild(new URL('../soak/world-child.js', import.meta.url));
  try {
    const order: WorldOrder = { sideMetres: SIDE_METRES };
    const { stac } = await ask<WorldReport>(world, order);
    const settings = (name: string, threads: number): Record<string, string> => ({
      GEOCROP_STAC: stac,
      GEOCROP_COLLECTION: COLLECTION,
      GEOCROP_STORE: join(folder, name),
      GEOCROP_COMPUTE_THREADS: String(threads),
      GEOCROP_LOG_LEVEL: 'warn',
    });
    const rates: (readonly [string, number])[] = [];
    for (const threads of [1, 2]) {
      const name = `threads-${threads}`;
      rates.push([
        `one process, ${threads} compute thread${threads > 1 ? 's' : ''}`,
        await warm(folder, settings(name, threads)),
      ]);
    }
    if (withoutRedis === false) {
      for (const workers of [1, 2])
        rates.push([
          `${workers} worker${workers > 1 ? 's' : ''} on Redis, 1 thread each`,
          await byWorkers(workers),
        ]);
    }
    async function byWorkers(count: number): Promise<number> {
      const redis = await startRedis('--maxmemory-policy', 'noeviction');
      const shared = { ...settings(`workers-${count}`, 1), GEOCROP_QUEUE_REDIS_URL: redis.url };
      const workers = await Promise.all(
        Array.from({ length: count }, (_, i) =>
          startGeoCrop(join(folder, `worker-${count}-${i}.log`), { ...shared, GEOCROP_ROLE: 'worker' }),
        ),
      );
      try {
        return await warm(folder, shared);
      } finally {
        for (const worker of workers) await worker.stop();
        await redis.stop();
      }
    }
    return {
      name: 'warming',
      title: `Warming: ${METATILES} small metatiles (5 dates over a fifth of each) by geocrop warm`,
      rows: rowsOf(rates),
      skipped: withoutRedis === false ? [] : [withoutRedis],
    };
  } finally {
    world.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Metatiles a second. @throws where not all of them were made */
async function warm(folder: string, settings: Readonly<Record<string, string>>): Promise<number> {
  const report = join(folder, 'report.json');
  const [west, south, east, north] = tileBoundsLonLat(AREA);
  // Within the four, so that none beside them counts.
  const inside = [west + 0.01, south + 0.01, east - 0.01, north - 0.01];
  const flags = ['--bbox', inside.join(), '--year', '2020', '--zoom', '12-14', '--report', report];
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'geocrop.js'), 'warm', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...settings },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`geocrop warm ended with ${code}: ${said}`);
  const { result } = JSON.parse(await readFile(report, 'utf8')) as WarmingReport;
  if (result?.made !== METATILES) throw new Error(`geocrop warm made ${JSON.stringify(result)}`);
  return result.made / result.seconds;
}

function rowsOf(rates: readonly (readonly [string, number])[]): Row[] {
  const [[, alone] = ['', NaN]] = rates;
  return rates.map(([what, rate], i) => ({
    what,
    value: 3600 * rate,
    unit: 'metatiles/h',
    ...(i === 0 ? {} : { note: `${(rate / alone).toFixed(2)} × one thread` }),
  }));
}
