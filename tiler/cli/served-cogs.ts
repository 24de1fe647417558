import type { ObjectStore } from '../../cache/object-store.js';
import type { CogService } from '../cog/cog-service.js';
import { openCogService } from '../cog/open-cog-service.js';
import type { Config } from '../config/settings.js';
import { systemClock } from '../http/clock.js';
import type { Metrics } from '../metrics.js';

export interface CogStores {
  readonly store: ObjectStore;
  /** Where the bucket of baselines lies, if elsewhere: the demo has it beside its scenes. */
  readonly baselines: ObjectStore;
}

/** The COG service of a server, as the configuration has it. */
export function openServedCogs(
  config: Config,
  { store, baselines }: CogStores,
  metrics: Metrics,
): CogService {
  const storeOf = (bucket: string): ObjectStore => (bucket === 'geocrop-baselines' ? baselines : store);
  return openCogService({
    store: {
      head: (bucket, key) => storeOf(bucket).head(bucket, key),
      getRange: (bucket, ...range) => storeOf(bucket).getRange(bucket, ...range),
    },
    places: config.cogAllow,
    bucketPrefix: config.storeS3BucketPrefix ?? '',
    privateHosts: config.cogPrivateHosts,
    threads: config.cogThreads,
    memoryBytes: config.cogMemoryBytes,
    timeoutMs: config.cogTimeoutMs,
    fetchTimeoutMs: config.fetchTimeoutMs,
    fetchConcurrency: config.fetchConcurrency,
    onRead: (bytes) => metrics.read(bytes),
    clock: systemClock,
  });
}
