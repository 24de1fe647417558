import { join } from 'node:path';
import { DiskObjectStore } from '../../../cache/disk-store.js';
import { NATIVE_ZOOM } from '../../../engine/geo/tile-matrix.js';
import type { SimulatedSeason } from '../../demo/simulated-season.js';
import { generateSimulatedSeason } from '../../demo/simulated-season.js';
import type { DemoOptions, RunDemo } from '../commands/demo.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { openBrowser } from '../open-browser.js';
import type { Progress } from '../progress.js';
import { startProgress } from '../progress.js';
import { serveMap } from './serve.js';

export const runDemo: RunDemo = async (options, io) => {
  const season = await makeSeason(options, io);
  if (options.prepareOnly) {
    io.err(`The season is in ${season.dir}: ${season.scenes} scenes, ${megabytes(season.bytes)} MB.\n`);
    return EXIT.ok;
  }
  const config = {
    ...options.config,
    stac: season.catalogue,
    attribution: 'GeoCrop; simulated data',
    collection: null,
    coverage: { kind: 'items' } as const,
    storeDir: join(options.dir, 'store'),
    storeS3Endpoint: null,
    blockCacheDir: null,
    cacheRedisUrl: null,
    cacheRedisUrlFile: null,
    role: 'all' as const,
    queueRedisUrl: null,
    queueRedisUrlFile: null,
  };
  return serveMap(config, io, {
    signal: io.interrupt(),
    baselines: await DiskObjectStore.open(season.dir),
    center: [...season.centre, NATIVE_ZOOM],
    onListening: (url) => {
      io.err(
        `\n  A simulated season, its map computed while you look:\n\n    ${url}/\n\n  Ctrl-C ends it.\n`,
      );
      if (options.open && io.terminal !== null) openBrowser(`${url}/`);
    },
  });
};

async function makeSeason({ dir }: DemoOptions, io: Io): Promise<SimulatedSeason> {
  const signal = io.interrupt();
  let progress: Progress | null = null;
  try {
    return await generateSimulatedSeason({
      dir: join(dir, 'season'),
      signal,
      onProgress: ({ done, total, stage }) => {
        progress ??= startProgress(io, 'Simulating a season', total);
        progress.update(done, stage);
      },
    });
  } finally {
    // The compiler does not see that the callback sets it.
    (progress as Progress | null)?.stop();
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
