import type { Config } from '../config/settings.js';
import { createLog, type Log } from '../log.js';
import type { Engine } from '../tiles/open-engine.js';
import { openEngine } from '../tiles/open-engine.js';
import { engineOptions } from './engine-options.js';
import type { Io } from './io.js';
import { sharedWork } from './shared-work.js';

export interface WithEngineOptions {
  /** Where a queue is shared, others compute what is ordered, and this process nothing. Default false: it computes itself. */
  readonly shareWork?: boolean;
}

/** Runs a command over an engine of its own, which is closed whatever happens. Warnings go to the person, in text. */
export async function withEngine<T>(
  config: Config,
  io: Io,
  run: (engine: Engine, log: Log) => Promise<T>,
  { shareWork = false }: WithEngineOptions = {},
): Promise<T> {
  const log = createLog({
    level: 'warn',
    format: 'text',
    write: (line) => io.err(line),
    now: () => Date.now(),
  });
  const shared = shareWork ? await sharedWork(config, log) : {};
  const engine = await openEngine({
    ...(await engineOptions(config, log)),
    lazyThreads: true,
    ...(shared.shared === undefined ? {} : { ...shared, role: 'api' as const }),
  });
  for (const { folder, error } of engine.badBundles) {
    log.warn('a model is left out', { folder, message: error.message });
  }
  try {
    return await run(engine, log);
  } finally {
    await engine.close();
  }
}
