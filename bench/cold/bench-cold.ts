import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ask, startChild } from '../child.js';
import { WORK } from '../folders.js';
import { modelsFolder } from '../models.js';
import type { BenchEngineOptions } from '../open-bench-engine.js';
import type { BenchResult, Row } from '../report.js';
import { DATES, type BenchSeason } from '../season/make-season.js';
import { startSlowProxy } from '../slow-proxy.js';
import type { ColdPart, ColdReport } from './cold-child.js';

const LATENCY_MS = 150;
const BITS_PER_SECOND = 100e6;
/** docs/architecture.md, "Budgets": each block decoded at most so often. */
const DECODED_BUDGET = 1.3;
const COMPUTE_MEMORY_MB = 2048;

/** Where the metatile that was computed from disk is archived, for the bench of serving. */
export const ARCHIVE_STORE = join(WORK, 'store-disk');

/** A cold tile and its metatile at 45 dates, from disk. */
export async function benchColdFromDisk(season: BenchSeason): Promise<BenchResult> {
  const report = await runCold(season.catalogue, ARCHIVE_STORE);
  return {
    name: 'cold-disk',
    title: `Cold, ${DATES} dates, from disk (${threads()} compute threads)`,
    rows: [
      ...rowsOf(report),
      {
        what: 'peak memory of computing',
        value: report.maxRssBytes / 1e6,
        unit: 'MB',
        budget: { atMost: COMPUTE_MEMORY_MB },
      },
      { what: 'CPU, all threads', value: report.cpuMs / 1000, unit: 's' },
    ],
    skipped: [],
  };
}

/** The same behind a line of 150 ms and 100 Mbit/s. */
export async function benchColdFromAfar(season: BenchSeason): Promise<BenchResult> {
  const proxy = await startSlowProxy({
    folder: season.folder,
    latencyMs: LATENCY_MS,
    bitsPerSecond: BITS_PER_SECOND,
  });
  try {
    const report = await runCold(`${proxy.url}/collection.json`, join(WORK, 'store-afar'));
    const line = (8 * report.metatile.bytes) / BITS_PER_SECOND;
    const lineOfTile = (8 * report.tile.bytes) / BITS_PER_SECOND;
    return {
      name: 'cold-afar',
      title: `Cold, ${DATES} dates, behind ${LATENCY_MS} ms and 100 Mbit/s`,
      rows: [
        ...rowsOf(report),
        {
          what: 'tile: wall / its bytes on the line',
          value: report.tile.wallMs / 1000 / lineOfTile,
          unit: '×',
        },
        {
          what: 'metatile: wall / its bytes on the line',
          value: report.metatile.wallMs / 1000 / line,
          unit: '×',
        },
      ],
      skipped: [],
    };
  } finally {
    await proxy.close();
  }
}

const threads = (): number => Math.max(1, availableParallelism());

let values: string | null = null;

async function runCold(stac: string, storeDir: string): Promise<ColdReport> {
  await rm(storeDir, { recursive: true, force: true });
  const { dir: modelsDir } = await modelsFolder();
  const child = startChild(new URL('./cold-child.js', import.meta.url));
  const options: BenchEngineOptions = { stac, storeDir, modelsDir, threads: threads(), mayCompute: true };
  const report = await ask<ColdReport>(child, options);
  if (report.scenes !== DATES) throw new Error(`${report.scenes} scenes were used, not ${DATES}`);
  if (values !== null && values !== report.values) throw new Error('the same scenes gave two different maps');
  values = report.values;
  return report;
}

function rowsOf({ plan, tile, metatile }: ColdReport): Row[] {
  return [
    {
      what: 'plan: catalogue, scenes, offset checks',
      value: plan.wallMs / 1000,
      unit: 's',
      note: `${plan.requests} requests, ${(plan.bytes / 1e6).toFixed(1)} MB`,
    },
    ...partRows('tile', tile),
    ...partRows('metatile', metatile),
  ];
}

function partRows(name: string, part: ColdPart): Row[] {
  const count = (what: string, value: number, more: Partial<Row> = {}): Row => ({
    what: `${name}: ${what}`,
    value,
    unit: '×',
    ...more,
  });
  return [
    { what: `${name}: wall`, value: part.wallMs / 1000, unit: 's' },
    { what: `${name}: bytes`, value: part.bytes / 1e6, unit: 'MB', note: `${part.requests} requests` },
    count('blocks fetched / needed', part.fetched / part.asked, {
      budget: { atMost: 1 },
      note: `${part.fetched} of ${part.asked}`,
    }),
    count('blocks decoded / fetched', part.decoded / part.fetched, {
      budget: { atMost: DECODED_BUDGET },
      note: `${part.decoded}`,
    }),
    ...Object.entries(part.stages).map(([stage, ms]) => ({
      what: `${name}: ${stage}`,
      value: ms / 1000,
      unit: 's',
      note: STAGE_NOTES[stage] ?? '',
    })),
  ];
}

const STAGE_NOTES: Readonly<Record<string, string>> = {
  read: 'waiting, summed over all that wait at once',
  decode: 'summed over threads',
  sample: 'summed over threads',
  mask: 'with waiting for a thread; SCL decoded here',
  features: 'summed over threads',
  inference: 'summed over threads',
};
