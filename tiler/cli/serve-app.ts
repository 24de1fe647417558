import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/settings.js';
import { createApp, createWorkerApp } from '../http/app.js';
import { systemClock } from '../http/clock.js';
import type { AppDeps, HttpConfig } from '../http/deps.js';
import { startServer } from '../http/server.js';
import { untilStopped } from '../http/stop.js';
import type { Log } from '../log.js';
import { createLog } from '../log.js';
import { createMetrics } from '../metrics.js';
import type { Metrics } from '../metrics.js';
import { EXIT } from './exit-codes.js';
import type { Io } from './io.js';
import { openSharedTiles } from './shared-tiles.js';

/** The log of a command that serves: where it belongs, on standard error. */
export function serverLog(config: Pick<Config, 'logLevel' | 'logFormat'>, io: Pick<Io, 'err'>): Log {
  return createLog({
    level: config.logLevel,
    format: config.logFormat,
    write: (line) => io.err(line),
    now: () => Date.now(),
  });
}

/** The built viewer, beside this file in dist/. */
export const VIEWER_DIR = fileURLToPath(new URL('../../viewer', import.meta.url));

export interface ServeAppOptions extends Pick<
  AppDeps,
  'service' | 'describe' | 'baselines' | 'areas' | 'cog'
> {
  /** Ends all work, and finishes what is being written. */
  readonly close: () => Promise<void>;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Called once it listens; `url` has no slash at the end. */
  readonly onListening: (url: string) => void;
}

/** Serves until a signal comes, and resolves with the exit code. Throws `config-invalid` where it cannot listen. */
export async function serveApp(options: ServeAppOptions): Promise<number> {
  const { service, config, log, metrics, describe, baselines, areas, cog } = options;
  const closing = new AbortController();
  // Every open event stream listens to it.
  setMaxListeners(0, closing.signal);
  const sharedTiles = await openSharedTiles(config, log);
  const app = (config.role === 'worker' ? createWorkerApp : createApp)({
    service,
    config: httpConfig(config),
    metrics,
    clock: systemClock,
    log,
    closing: closing.signal,
    viewerDir: VIEWER_DIR,
    ...(describe === undefined ? {} : { describe }),
    ...(baselines === undefined ? {} : { baselines }),
    ...(areas === undefined ? {} : { areas }),
    ...(cog === undefined ? {} : { cog }),
    ...(sharedTiles === null ? {} : { sharedTiles }),
  });
  try {
    const server = await startServer(app, config);
    // Whoever reads the address may send a signal at once.
    const stopped = untilStopped({ server, service: { close: options.close }, closing, log });
    log.info('listening', { url: server.url });
    options.onListening(server.url);
    return (await stopped) === 'clean' ? EXIT.ok : EXIT.failed;
  } finally {
    await sharedTiles?.close();
  }
}

export function httpConfig(config: Config): HttpConfig {
  const { waitSeconds, compute, computeKey, publicUrl, attribution, memoryCacheBytes, bodyBytes } = config;
  const { baseMap, baseAttribution, districts } = config;
  return {
    waitSeconds,
    compute,
    computeKey,
    publicUrl,
    attribution,
    tileCacheBytes: memoryCacheBytes,
    bodyBytes,
    ...(baseMap === null ? {} : { base: { tiles: baseMap, attribution: baseAttribution } }),
    ...(districts === null ? {} : { districts }),
  };
}

export function serverMetrics(stats: () => ReturnType<AppDeps['service']['stats']>): Metrics {
  return createMetrics({ gauges: stats, process: true });
}
