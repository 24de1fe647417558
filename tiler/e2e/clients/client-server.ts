import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonWith } from '../../../engine/encode/gdal-oracle.js';
import { createApp } from '../../http/app.js';
import { systemClock } from '../../http/clock.js';
import { startServer } from '../../http/server.js';
import { testConfig } from '../../http/testing.js';
import { createLog } from '../../log.js';
import { createMetrics } from '../../metrics.js';
import type { BaselineTiles } from '../../tiles/baseline-tiles.js';
import type { FakeTileService } from '../../tiles/testing.js';
import { fakeTileService } from '../../tiles/testing.js';

/** A map in memory behind a real socket, as other people's programs see a server. */
export interface ClientServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly service: FakeTileService;
  /** Paths and queries that were asked for, as they came. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** The native tile that clients look at. */
export const LOOK = { z: 14, x: 9557, y: 9068 } as const;

/** Stripes of all nine classes. */
const BASELINES: BaselineTiles = {
  years: async () =>
    [2019, 2020].map((year) => ({
      year,
      digest: `d${year}`,
      lastModified: new Date('2024-01-01T00:00:00Z'),
    })),
  tile: async (year, tile, { scale = 1 } = {}) => ({
    data: Uint8Array.from(
      { length: 65536 * scale * scale },
      (_, at) => ((at >> 5) + year + tile.x + tile.y) % 9,
    ),
    bands: 1,
    width: 256 * scale,
    height: 256 * scale,
    nodata: 255,
  }),
};

export async function startClientServer(): Promise<ClientServer> {
  const service = fakeTileService();
  const asked: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    write: (line) => {
      const { path, query = '' } = JSON.parse(line) as { path?: string; query?: string };
      if (path !== undefined) asked.push(`${path}${query}`);
    },
    now: () => systemClock.now(),
  });
  const app = createApp({
    service,
    config: testConfig,
    metrics: createMetrics({ gauges: () => service.stats() }),
    clock: systemClock,
    log,
    baselines: BASELINES,
  });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  return { url: server.url, service, asked, stop: () => server.close(1000) };
}

/**
 * What a script of this folder prints, as JSON. Run beside this process, which has to answer it.
 * @param module that the Python must have
 */
export async function runClient<T>(
  module: string,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const python = pythonWith(module);
  if (python === null) throw new Error(`no Python with ${module}`);
  const { stdout } = await promisify(execFile)(python, [`tiler/e2e/clients/${script}`, ...args], {
    maxBuffer: 2 ** 28,
    timeout: 240_000,
    env: { PATH: process.env['PATH'], ...environment }, // eslint-disable-line no-restricted-properties -- a child's own
  });
  // Libraries may say something before.
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as T;
}
