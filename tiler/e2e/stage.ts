import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { zimbabweCoverage } from '../../engine/geo/coverage.js';
import { SUMMER, WINTER } from '../../engine/season.js';
import { FakeTimers } from '../../engine/scenes/testing/fake-timers.js';
import { bundleContents, type BundleContents } from '../../engine/classes/fixtures/fixtures.js';
import { AREA_WORK_MS, type AreaLimits } from '../areas/area-limits.js';
import { openAreaService } from '../areas/open-area-service.js';
import { mapDescriber } from '../cli/describe-map.js';
import { createApp } from '../http/app.js';
import { systemClock } from '../http/clock.js';
import type { AppEnv, HttpConfig } from '../http/deps.js';
import { testConfig } from '../http/testing.js';
import { createLog } from '../log.js';
import { createMetrics } from '../metrics.js';
import { openEngine, type Engine, type EngineOptions } from '../tiles/open-engine.js';
import type { TileEvent } from '../tiles/tile-service.js';
import { COLLECTION } from './world.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';

/** What tests see of a running engine and its HTTP interface. */
export interface Stage {
  readonly engine: Engine;
  readonly app: Hono<AppEnv>;
  /** Time as everything in it sees it. */
  readonly clock: StageClock;
  readonly warnings: string[];
  readonly events: TileEvent[];
  /** Blocks decoded by metatiles that were finished. */
  readonly decoded: () => number;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface StageClock {
  now: number;
}

export const HOUR = 3_600_000;
/** After the season: nothing can be added to it any more. */
export const LATER = Date.parse('2023-01-01T00:00:00Z');

const STAGE_LIMITS: AreaLimits = {
  hectares: 50_000,
  vertices: 1000,
  pixels: 4 * 2 ** 20,
  workMs: AREA_WORK_MS,
};

export interface StageOptions extends Partial<EngineOptions> {
  readonly clock?: StageClock;
  readonly http?: Partial<HttpConfig>;
  /** Folder of the built page. */
  readonly viewerDir?: string;
  /** Where the page opens. */
  readonly center?: readonly [lon: number, lat: number, zoom: number];
}

/** An engine on a folder (`store`, `windows` and `models` in it) and the app before it, as `geocrop serve` has them. */
export async function openStage(folder: string, stac: string, options: StageOptions = {}): Promise<Stage> {
  const { clock = { now: LATER }, http = {}, viewerDir, center, ...engineOptions } = options;
  const warnings: string[] = [];
  const events: TileEvent[] = [];
  let decoded = 0;
  const engine = await openEngine({
    stac,
    collection: COLLECTION,
    storeDir: join(folder, 'store'),
    modelsDir: await modelsFolder(folder),
    windowsDir: join(folder, 'windows'),
    windowsQuotaBytes: 2 ** 30,
    // Each starts cold: what several threads do to a map is the subject of seams.test.ts.
    threads: 1,
    lazyThreads: true,
    computeMemoryBytes: 2 ** 30,
    defaultModel: null,
    seasons: [SUMMER, WINTER],
    computeMinZoom: 12,
    cloudLimit: 60,
    cloudBufferPixels: 3,
    coverage: zimbabweCoverage(),
    mayCompute: true,
    queueLimit: 16,
    datesAtOnce: 3,
    source: { sleep: async () => undefined, timeoutMs: 60_000 },
    fetch: globalThis.fetch,
    timers: new FakeTimers(),
    now: () => new Date(clock.now),
    // What nobody waits for any more is given up.
    stopGraceMs: 0,
    ...engineOptions,
    observer: {
      stage: () => undefined,
      read: (blocks) => (decoded += blocks),
      warn: (message, context) => warnings.push(`${message}: ${JSON.stringify(context)}`),
    },
  });
  engine.service.subscribe((event) => events.push(event));
  const app = createApp({
    service: engine.service,
    config: { ...testConfig, waitSeconds: 55, ...http },
    describe: mapDescriber(engine, center),
    ...(viewerDir === undefined ? {} : { viewerDir }),
    baselines: engine.baselines,
    areas: openAreaService(engine, { limits: STAGE_LIMITS, clock: systemClock }),
    metrics: createMetrics({ gauges: () => engine.service.stats() }),
    clock: {
      now: () => clock.now,
      every: () => () => undefined,
      after: () => () => undefined,
    },
    log: createLog({
      level: 'error',
      format: 'json',
      write: (line) => warnings.push(line),
      now: () => clock.now,
    }),
  });
  return {
    engine,
    app,
    clock,
    warnings,
    events,
    decoded: () => decoded,
    get: async (path, headers = {}) => app.request(path, { headers }),
    close: () => engine.close(),
  };
}

/** The models of a stage: one small real bundle, unless the test has put its own there. */
export async function modelsFolder(folder: string): Promise<string> {
  const models = join(folder, 'models');
  if ((await mkdir(models, { recursive: true })) === undefined) return models;
  await writeBundle(join(models, 'trees'), bundleContents('trees', ['xgboost.onnx']));
  return models;
}

export async function writeBundle(folder: string, contents: BundleContents): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content));
  }
}

export function tilePath({ z, x, y }: TileId, query = '', suffix = '.npy'): string {
  return `/tiles/${z}/${x}/${y}${suffix}?year=2021&season=summer${query === '' ? '' : `&${query}`}`;
}

/** The values of an `.npy` answer, whatever their type. */
export async function npyValues(response: Response): Promise<Uint8Array | Float32Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const header = 10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
  const text = Buffer.from(bytes.subarray(10, header)).toString('latin1');
  const values = bytes.slice(header);
  return text.includes("'<f4'") ? new Float32Array(values.buffer) : values;
}
