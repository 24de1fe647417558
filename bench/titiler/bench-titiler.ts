import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWith } from '../../engine/encode/gdal-oracle.js';
import { withoutTiTiler } from '../../tiler/e2e/titiler/titiler-process.js';
import { ROOT, WORK } from '../folders.js';
import { LatencyHistogram } from '../load/histogram.js';
import type { LoadAnswer } from '../load/load-child.js';
import { startLoadProcess, type LoadProcess } from '../load/load-process.js';
import type { BenchResult, Row } from '../report.js';
import type { BenchSeason } from '../season/make-season.js';
import { cogTiles, type CogTile } from './cog-tiles.js';
import { contenders, type Contender, type RunningContender } from './contenders.js';

/** Tiles a second that all are offered alike. */
const OFFERED = 12;
/** Distinct tiles: at the offered rate each is asked once in a cold round. */
const TILES = 120;
/** Turns that contenders take, each with processes of their own. */
const ROUNDS = 2;
const CONNECTIONS = 16;
/** Who waits for a tile before the next: a browser's six connections and some. */
const CLIENTS = 8;
const CLOSED_SECONDS = 8;

/**
 * `cold`: the process has never seen the files (the system's page cache has). `redrawn`: other pictures of tiles that were
 * asked for before. `warm`: the same tiles again.
 */
type State = 'cold' | 'redrawn' | 'warm';
const STATES: readonly State[] = ['cold', 'redrawn', 'warm'];

interface Measured {
  readonly latency: LatencyHistogram;
  answers: number;
  seconds: number;
}

/** The same COG tiles from TiTiler and from us. */
export async function benchTiTiler(season: BenchSeason): Promise<BenchResult> {
  const name = 'titiler';
  const title =
    'COG tiles: TiTiler and GeoCrop, 256² PNG of two COGs in UTM over loopback, latency from when a tile was due';
  if (withoutTiTiler !== false) return { name, title, rows: [], skipped: [withoutTiTiler] };
  const files = await makeCogs();
  const logs = await mkdtemp(join(tmpdir(), 'geocrop-bench-titiler-'));
  const load = startLoadProcess();
  try {
    const all = contenders(season.catalogue, logs, COGS);
    await checkEqual(all, files);
    const measured = new Map<string, Measured>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const contender of all) await measure(contender, files, load, round, measured);
    }
    return { name, title, rows: [...rowsOf(all, measured), ...ratioRows(measured)], skipped: [] };
  } finally {
    load.close();
    await rm(logs, { recursive: true, force: true });
  }
}

const COGS = join(WORK, 'cogs');

async function makeCogs(): Promise<readonly string[]> {
  await mkdir(COGS, { recursive: true });
  const python = pythonWith('titiler.application, uvicorn') ?? '';
  execFileSync(python, [join(ROOT, 'bench', 'titiler', 'make_cogs.py'), COGS], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return ['rgb.tif', 'reflectance.tif'].map((file) => join(COGS, file));
}

/** `again`: another picture of the same pixels. */
const drawn =
  (again: boolean) =>
  (file: string): string =>
    file.endsWith('rgb.tif')
      ? `rescale=0,${again ? 250 : 255}`
      : `bidx=4&rescale=0,${again ? 2900 : 3000}&colormap_name=viridis`;

/** Numbers before pictures: who is fast has to be right. @throws Error where values differ */
async function checkEqual(all: readonly Contender[], files: readonly string[]): Promise<void> {
  const answers: Buffer[][] = [];
  const tiles = cogTiles(files, 12, () => 'x=0').map(({ file, path }) => ({
    file,
    path: path.replace('.png', '.npy'),
  }));
  for (const contender of all.filter(({ workers }) => workers === 1)) {
    const running = await contender.start();
    try {
      const bodies: Buffer[] = [];
      for (const { file, path } of tiles) {
        const response = await fetch(running.address(path, file));
        if (!response.ok) throw new Error(`${contender.name} ${path}: ${response.status}`);
        bodies.push(pixelsOf(Buffer.from(await response.arrayBuffer())));
      }
      answers.push(bodies);
    } finally {
      await running.stop();
    }
  }
  const [theirs = [], ours = []] = answers;
  const differing = tiles.filter((_, at) => theirs[at]?.equals(ours[at] ?? Buffer.alloc(0)) !== true);
  if (differing.length > 0) throw new Error(`values differ: ${differing.map(({ path }) => path).join(', ')}`);
}

/** An .npy without its head, which may be padded otherwise. */
const pixelsOf = (npy: Buffer): Buffer => npy.subarray(10 + npy.readUInt16LE(8));

async function measure(
  contender: Contender,
  files: readonly string[],
  load: LoadProcess,
  round: number,
  measured: Map<string, Measured>,
): Promise<void> {
  const running = await contender.start();
  try {
    for (const state of STATES) {
      const tiles = cogTiles(files, TILES, drawn(state === 'redrawn'));
      const urls = addresses(running, tiles);
      const report = await load.open({
        urls,
        rate: OFFERED,
        arrivals: 'poisson',
        seconds: TILES / OFFERED,
        connections: CONNECTIONS,
        seed: round + 1,
        graceMs: 60_000,
      });
      const sum = measuredOf(measured, contender, state);
      sum.latency.add(checked(contender, report).latency);
      // A loop asks for the same tiles again and again: a rate of warm ones.
      if (state !== 'warm') continue;
      const closed = await load.closed({ urls, clients: CLIENTS, seconds: CLOSED_SECONDS });
      sum.answers += checked(contender, closed).answers;
      sum.seconds += closed.seconds;
    }
  } finally {
    await running.stop();
  }
}

const addresses = (running: RunningContender, tiles: readonly CogTile[]): string[] =>
  tiles.map(({ path, file }) => running.address(path, file));

function measuredOf(measured: Map<string, Measured>, { name }: Contender, state: State): Measured {
  const key = `${name}: ${state}`;
  const known = measured.get(key) ?? { latency: new LatencyHistogram(), answers: 0, seconds: 0 };
  measured.set(key, known);
  return known;
}

/** @throws Error where an answer is no tile: a server that refuses is fast */
function checked({ name }: Contender, report: LoadAnswer): LoadAnswer {
  const { answers, statuses, failures } = report;
  if (statuses['200'] === answers && answers > 0) return report;
  throw new Error(`${name}: ${JSON.stringify({ answers, statuses, failures })}`);
}

function rowsOf(all: readonly Contender[], measured: ReadonlyMap<string, Measured>): Row[] {
  return STATES.flatMap((state) =>
    all.flatMap(({ name }) => {
      const found = measured.get(`${name}: ${state}`);
      if (found === undefined) return [];
      const { latency, answers, seconds } = found;
      const at = (share: number): string => latency.quantile(share).toFixed(1);
      const rate =
        seconds > 0 ? `, ${(answers / seconds).toFixed(1)} tiles a second to ${CLIENTS} patient clients` : '';
      return [
        {
          what: `${state}: ${name}, median`,
          value: latency.quantile(0.5),
          unit: 'ms',
          note: `p95 ${at(0.95)} ms, p99 ${at(0.99)} ms at ${OFFERED} /s, ${latency.count} tiles${rate}`,
        },
      ];
    }),
  );
}

function ratioRows(measured: ReadonlyMap<string, Measured>): Row[] {
  return [1, 2].flatMap((workers) =>
    STATES.flatMap((state) => {
      const s = workers === 1 ? '' : 's';
      const theirs = measured.get(`TiTiler, ${workers} worker${s}: ${state}`);
      const ours = measured.get(`GeoCrop, ${workers} thread${s}: ${state}`);
      if (theirs === undefined || ours === undefined) return [];
      const median = theirs.latency.quantile(0.5) / ours.latency.quantile(0.5);
      const rate = ours.answers / ours.seconds / (theirs.answers / theirs.seconds);
      return [
        {
          what: `${state}, ${workers}: TiTiler's median / ours`,
          value: median,
          unit: '×',
          note: Number.isFinite(rate) ? `our tiles a second / TiTiler's: ${rate.toFixed(2)}` : '',
        },
      ];
    }),
  );
}
