import type { ObjectStore } from '../../../cache/object-store.js';
import type { Config } from '../../config/settings.js';
import type { Engine } from '../../tiles/open-engine.js';
import { openEngine } from '../../tiles/open-engine.js';
import type { RunServe } from '../commands/serve.js';
import { AREA_WORK_MS, type AreaLimits } from '../../areas/area-limits.js';
import { openAreaService } from '../../areas/open-area-service.js';
import { systemClock } from '../../http/clock.js';
import { mapDescriber } from '../describe-map.js';
import { startHousekeeping } from '../../housekeeping/background.js';
import { houseRules } from '../../housekeeping/house-rules.js';
import { openServedCogs } from '../served-cogs.js';
import { engineOptions } from '../engine-options.js';
import { sharedWork } from '../shared-work.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { serveApp, serverLog, serverMetrics } from '../serve-app.js';

export const runServe: RunServe = ({ config }, io) =>
  serveMap(config, io, {
    onListening: (url) => io.err(`GeoCrop is at ${url}\n`),
  });

export interface ServeMapOptions {
  readonly onListening: (url: string) => void;
  /** Where the baselines lie; default: the engine's own store. */
  readonly baselines?: ObjectStore;
  /** Fires where the command is interrupted before it serves. */
  readonly signal?: AbortSignal;
  /** Where a viewer opens: longitude, latitude, zoom. */
  readonly center?: readonly [lon: number, lat: number, zoom: number];
}

const areaLimits = ({ areaHectares, areaVertices, areaPixels }: Config): AreaLimits => ({
  hectares: areaHectares,
  vertices: areaVertices,
  pixels: areaPixels,
  workMs: AREA_WORK_MS,
});

/** Who computes fills the store, and keeps it within its quotas. */
const computes = ({ compute, role }: Config): boolean => compute !== 'none' && role !== 'api';

/** Opens the engine, serves its map until a signal comes, and closes it. */
export async function serveMap(config: Config, io: Io, options: ServeMapOptions): Promise<number> {
  const log = serverLog(config, io);
  let engine: Engine | null = null;
  const metrics = serverMetrics(() => engine?.service.stats() ?? { queued: 0, running: 0, memoryBytes: 0 });
  const opened = await openEngine({
    ...(await engineOptions(config, log, metrics)),
    role: config.role,
    ...(await sharedWork(config, log)),
    ...(options.baselines === undefined ? {} : { baselines: options.baselines }),
  });
  engine = opened;
  log.info('role', { role: config.role, queue: opened.sharesWork ? 'shared' : 'own' });
  for (const { folder, error } of opened.badBundles) {
    log.warn('a model is left out', { folder, code: error.code, message: error.message });
  }
  for (const fallback of opened.fallbacks) log.info('onnxruntime-node runs a member of a model', fallback);
  const housekeeping = computes(config)
    ? startHousekeeping({ store: opened.store, rules: houseRules(config, opened.store), log })
    : null;
  const cog = openServedCogs(
    config,
    { store: opened.store, baselines: options.baselines ?? opened.store },
    metrics,
  );
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    housekeeping?.stop();
    return (closed ??= Promise.all([cog.close(), opened.close()]).then(() => undefined));
  };
  try {
    if (options.signal?.aborted === true) return EXIT.interrupted;
    return await serveApp({
      service: opened.service,
      close,
      config,
      log,
      metrics,
      describe: mapDescriber(opened, options.center),
      baselines: opened.baselines,
      areas: openAreaService(opened, { limits: areaLimits(config), clock: systemClock }),
      cog,
      onListening: options.onListening,
    });
  } finally {
    await close();
  }
}
