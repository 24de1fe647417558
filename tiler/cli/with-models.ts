import type { BundleListing } from '../../engine/classes/list-bundles.js';
import { listBundles } from '../../engine/classes/list-bundles.js';
import type { Config } from '../config/settings.js';
import { modelsDir, s3Keeping } from './engine-options.js';

export interface Models {
  readonly listings: readonly BundleListing[];
  /** Where they are, for people. */
  readonly place: string;
}

/** Runs a command over the models that the server would serve. */
export async function withModels<T>(config: Config, run: (models: Models) => Promise<T>): Promise<T> {
  const keep = config.modelsDir === null ? await s3Keeping({ ...config, compute: 'none' }) : null;
  if (keep === null) {
    const place = modelsDir(config);
    return run({ listings: await listBundles(place), place });
  }
  const keeping = await keep();
  try {
    return await run({
      listings: await keeping.bundles(),
      place: `the store at ${config.storeS3Endpoint ?? ''}`,
    });
  } finally {
    keeping.close();
  }
}
