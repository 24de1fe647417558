import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FeatureCollection, Geometry } from 'geojson';
import { GeoCropError, messageOf } from '../../engine/errors.js';
import { areaProblem } from '../../engine/geo/check-geometry.js';
import { polygonsCoverage } from '../../engine/geo/coverage.js';
import type { Area } from '../../engine/geo/polygon.js';
import type { CoverageSetting } from '../config/parsers.js';
import { s3Options } from '../config/s3-options.js';
import { quietAwsSdk } from '../config/environment.js';
import type { Config } from '../config/settings.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Keeping } from '../tiles/keeping.js';
import type { EngineOptions } from '../tiles/open-engine.js';
import { defaultWindowsDir } from '../tiles/open-engine.js';

/** Bundles that come with GeoCrop: `models/` of the repository. */
export const BUNDLED_MODELS = fileURLToPath(new URL('../../../models', import.meta.url));

/**
 * Dates that are read side by side. A date takes four round trips one after another (SCL's header and blocks, the bands'
 * headers and blocks): enough dates keep the line full meanwhile, at 11 MB of compressed blocks each (`npm run bench -- afar`).
 */
export const DATES_AT_ONCE = 8;
/** What a running metatile may take of the time to stop: the rest is for giving up on a loaded machine, for threads to end and for answers. */
const STOP_GRACE_MS = 3_000;

/** What the configuration means for the engine. Throws `config-invalid` where the coverage's file is none. */
export async function engineOptions(config: Config, log: Log, metrics?: Metrics): Promise<EngineOptions> {
  const storeDir = resolve(config.storeDir);
  const { s3Endpoint } = config;
  const keep = await s3Keeping(config);
  return {
    stac: config.stac,
    ...(config.collection === null ? {} : { collection: config.collection }),
    storeDir,
    ...(keep === null ? {} : { keep }),
    modelsDir: config.modelsDir === null && !existsSync(BUNDLED_MODELS) ? null : modelsDir(config),
    defaultModel: config.defaultModel,
    windowsDir: config.blockCacheDir === null ? defaultWindowsDir(storeDir) : resolve(config.blockCacheDir),
    windowsQuotaBytes: config.blockCacheBytes,
    threads: config.computeThreads ?? availableParallelism(),
    computeMemoryBytes: config.computeMemoryBytes,
    computeMinZoom: config.computeMinZoom,
    seasons: config.seasons,
    cloudLimit: config.cloudLimit,
    cloudBufferPixels: config.cloudBufferPixels,
    coverage: await coverageOf(config.coverage),
    mayCompute: config.compute !== 'none',
    sceneMemoryBytes: config.sceneMemoryBytes,
    queueLimit: config.queueLimit,
    queueBytes: config.queueBytes,
    queueAgeMs: config.queueAgeMs,
    datesAtOnce: DATES_AT_ONCE,
    source: {
      s3: { region: config.s3Region, ...(s3Endpoint === null ? {} : { endpoint: s3Endpoint }) },
      timeoutMs: config.fetchTimeoutMs,
      maxInFlight: config.fetchConcurrency,
      onRead: (_href, bytes) => metrics?.read(bytes),
    },
    fetch: globalThis.fetch,
    now: () => new Date(),
    observer: {
      stage: (stage, seconds) => metrics?.stages({ [stage]: seconds * 1000 }),
      read: (blocks, bytes) => metrics?.decoded(blocks, bytes),
      warn: (message, context) => log.warn(message, context),
    },
    stopGraceMs: STOP_GRACE_MS,
  };
}

/** Opens the S3 store of the configuration; null where there is none. Throws `config-invalid`. */
export async function s3Keeping(config: Config): Promise<(() => Promise<Keeping>) | null> {
  const s3 = await s3Options(config);
  if (s3 === null) return null;
  return async () => {
    quietAwsSdk();
    // Where the store is a folder the SDK is not even loaded.
    const { openS3Keeping } = await import('../tiles/s3-keeping.js');
    return openS3Keeping({
      s3,
      modelsDir: config.modelsDir === null ? null : resolve(config.modelsDir),
      bundledModelsDir: existsSync(BUNDLED_MODELS) ? BUNDLED_MODELS : null,
      windowsDir: config.blockCacheDir === null ? null : resolve(config.blockCacheDir),
      windowsQuotaBytes: config.blockCacheBytes,
      writes: config.compute !== 'none',
    });
  };
}

export function modelsDir(config: Pick<Config, 'modelsDir'>): string {
  return config.modelsDir === null ? BUNDLED_MODELS : resolve(config.modelsDir);
}

async function coverageOf(setting: CoverageSetting): Promise<EngineOptions['coverage']> {
  if (setting.kind !== 'file') return setting.kind;
  const invalid = (message: string, cause?: unknown): GeoCropError =>
    new GeoCropError('config-invalid', `Coverage ${setting.path}: ${message}`, {
      hint: 'Give a GeoJSON file of polygons, in degrees.',
      context: { path: setting.path },
      cause,
    });
  let document: FeatureCollection | { type: 'Feature'; geometry: Geometry } | Geometry;
  try {
    document = JSON.parse(await readFile(setting.path, 'utf8')) as typeof document;
  } catch (error) {
    throw invalid(`it cannot be read (${messageOf(error)}).`, error);
  }
  const areas =
    document.type === 'FeatureCollection'
      ? document.features.map((feature) => feature.geometry)
      : [document.type === 'Feature' ? document.geometry : document];
  if (areas.length === 0) throw invalid('it has no polygon.');
  for (const area of areas) {
    const problem = areaProblem(area);
    if (problem !== null) throw invalid(problem);
  }
  return polygonsCoverage(areas as Area[]);
}
