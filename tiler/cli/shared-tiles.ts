import type { FaultReport } from '../../cache/fault-log.js';
import type { TileTier } from '../../cache/tile-tier.js';
import { readSecret } from '../config/secret-file.js';
import type { Config } from '../config/settings.js';
import type { Log } from '../log.js';

/** The tiles in Redis; null where none is configured. Neither waits for Redis nor minds its absence. Throws `config-invalid`. */
export async function openSharedTiles(config: Config, log: Log): Promise<TileTier | null> {
  const url = await readSecret(config, 'cacheRedisUrl');
  if (url === null) return null;
  // Where there is no Redis its client is not even loaded.
  const { RedisTileTier } = await import('../../cache/redis-tile-tier.js');
  return new RedisTileTier({
    url,
    quotaBytes: config.cacheRedisBytes,
    ttlMs: config.cacheRedisTtlMs,
    maxValueBytes: config.cacheRedisValueBytes,
    report: (said) => logFaults(log, said),
  });
}

function logFaults(log: Log, { failed, ...counts }: FaultReport): void {
  if (failed === null) log.info('the Redis of tiles works again', counts);
  else {
    const { what, error } = failed;
    const setting = 'GEOCROP_CACHE_REDIS_URL';
    log.warn('the Redis of tiles fails, and is passed over', {
      what,
      setting,
      error: reason(error),
      ...counts,
    });
  }
}

/** A host with several addresses that all refuse gives an error without a message. */
const reason = (error: Error & { readonly code?: string }): string =>
  error.message === '' ? (error.code ?? error.name) : error.message;
