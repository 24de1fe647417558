import type { Config } from '../config/settings.js';
import { createLog } from '../log.js';
import type { Engine } from '../tiles/open-engine.js';
import { openEngine } from '../tiles/open-engine.js';
import { engineOptions } from './engine-options.js';
import type { Io } from './io.js';

/** Runs a command over an engine of its own, which is closed whatever happens. Warnings go to the person, in text. */
export async function withEngine<T>(config: Config, io: Io, run: (engine: Engine) => Promise<T>): Promise<T> {
  const log = createLog({
    level: 'warn',
    format: 'text',
    write: (line) => io.err(line),
    now: () => Date.now(),
  });
  const engine = await openEngine(await engineOptions(config, log));
  for (const { folder, error } of engine.badBundles) {
    log.warn('a model is left out', { folder, message: error.message });
  }
  try {
    return await run(engine);
  } finally {
    await engine.close();
  }
}
