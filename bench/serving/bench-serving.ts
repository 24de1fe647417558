import { existsSync } from 'node:fs';
import { ask, startChild } from '../child.js';
import { ARCHIVE_STORE, benchColdFromDisk } from '../cold/bench-cold.js';
import { timesOf } from '../measure.js';
import { modelsFolder } from '../models.js';
import type { BenchResult, Row } from '../report.js';
import { BENCH_METATILE, type BenchSeason } from '../season/make-season.js';
import { nativeTiles } from '../../tiler/tiles/job-runner.js';
import { load } from './load.js';
import type { ServeOptions, ServerUse } from './serve-child.js';

/** Requests one at a time whose CPU is taken together: the counter is too coarse, and asking it too dear, for one. */
const BATCH = 32;
const BATCHES = 25;
const AT_ONCE = 8;
/** Rounds over the tiles before anything is measured. */
const WARM_UP = 20;
const SERVE_MEMORY_MB = 512;
const LAYERS = ['classes', 'truecolor'] as const;

interface Tier {
  readonly name: 'memory' | 'archive';
  readonly tileCacheBytes: number;
  /** docs/architecture.md, "Budgets": CPU of a tile at the median, milliseconds. */
  readonly budget: number;
  /** Over all tiles, when many are asked for at once. */
  readonly rounds: number;
}

const TIERS: readonly Tier[] = [
  { name: 'memory', tileCacheBytes: 64 * 2 ** 20, budget: 1, rounds: 120 },
  { name: 'archive', tileCacheBytes: 0, budget: 5, rounds: 40 },
];

/** Tiles of the archived metatile over a real socket: from memory, then from the archive on disk. */
export async function benchServing(season: BenchSeason): Promise<BenchResult> {
  if (!existsSync(ARCHIVE_STORE)) await benchColdFromDisk(season);
  const rows: Row[] = [];
  for (const tier of TIERS) rows.push(...(await serveTier(season, tier)));
  return { name: 'serving', title: 'Serving native tiles over HTTP on loopback', rows, skipped: [] };
}

async function serveTier(season: BenchSeason, tier: Tier): Promise<Row[]> {
  const { dir: modelsDir } = await modelsFolder();
  const child = startChild(new URL('./serve-child.js', import.meta.url));
  const serve: ServeOptions = {
    stac: season.catalogue,
    storeDir: ARCHIVE_STORE,
    modelsDir,
    threads: 1,
    mayCompute: false,
    tileCacheBytes: tier.tileCacheBytes,
  };
  try {
    const { url } = await ask<{ url: string }>(child, { serve });
    const rows: Row[] = [];
    let requests = 0;
    for (const layer of LAYERS) {
      const tiles = nativeTiles(BENCH_METATILE).map(
        ({ z, x, y }) => `${url}/tiles/${z}/${x}/${y}.png?layer=${layer}`,
      );
      const repeated = (times: number): string[] => Array.from({ length: times }, () => tiles).flat();
      // The first round fills what can be kept; a server's code is warm after some hundred requests.
      await load(tiles, 1, 'archive');
      await load(repeated(WARM_UP), AT_ONCE, tier.name);
      const batches: number[] = [];
      const alone: number[] = [];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const before = await ask<ServerUse>(child, {});
        const { latencies } = await load(repeated(BATCH / tiles.length), 1, tier.name);
        const after = await ask<ServerUse>(child, {});
        batches.push((after.cpuMs - before.cpuMs) / BATCH);
        alone.push(...latencies);
      }
      const many = repeated(tier.rounds);
      const begun = performance.now();
      const busy = await load(many, AT_ONCE, tier.name);
      const seconds = (performance.now() - begun) / 1000;
      requests += tiles.length + WARM_UP * tiles.length + BATCH * BATCHES + many.length;
      const what = (text: string): string => `${tier.name}, ${layer}: ${text}`;
      const cpu = timesOf(batches);
      const latency = timesOf(alone);
      rows.push(
        {
          what: what('server CPU a tile'),
          value: cpu.median,
          unit: 'ms',
          spread: cpu,
          budget: { atMost: tier.budget },
        },
        { what: what('latency, one at a time'), value: latency.median, unit: 'ms', spread: latency },
        {
          what: what(`tiles a second, ${AT_ONCE} at once`),
          value: many.length / seconds,
          unit: '/s',
          note: `${(busy.bytes / many.length / 1024).toFixed(1)} KiB each; p95 ${p95(busy.latencies).toFixed(1)} ms`,
        },
      );
    }
    const { maxRssBytes } = await ask<ServerUse>(child, {});
    rows.push({
      what: `${tier.name}: peak memory of serving only`,
      value: maxRssBytes / 1e6,
      unit: 'MB',
      budget: { atMost: SERVE_MEMORY_MB },
      note: `after ${requests.toLocaleString('en')} requests`,
    });
    return rows;
  } finally {
    child.kill();
  }
}

function p95(latencies: readonly number[]): number {
  return [...latencies].sort((a, b) => a - b)[Math.floor(latencies.length * 0.95)] ?? NaN;
}
