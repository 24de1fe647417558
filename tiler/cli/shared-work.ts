import { readSecret } from '../config/secret-file.js';
import type { Config } from '../config/settings.js';
import type { Log } from '../log.js';
import { openSharedWork } from '../tiles/open-desk.js';
import type { EngineOptions } from '../tiles/open-engine.js';

/** The work queue that processes share, where one is configured. Throws `config-invalid`. */
export async function sharedWork(
  config: Config,
  log: Pick<Log, 'warn'>,
): Promise<Pick<EngineOptions, 'shared'>> {
  const url = await readSecret(config, 'queueRedisUrl');
  if (url === null) return {};
  return {
    shared: () =>
      openSharedWork({
        url,
        limit: config.queueLimit,
        warn: (message, context) => log.warn(message, context),
      }),
  };
}
