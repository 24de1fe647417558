import type { BundleListing } from '../../engine/classes/list-bundles.js';
import { listBundles } from '../../engine/classes/list-bundles.js';
import type { Config } from '../config/settings.js';
import { modelsDir, s3Keeping } from './engine-options.js';

/** The models that the server would serve, and where they are, for people. */
export async function listModels(
  config: Config,
): Promise<{ readonly listings: readonly BundleListing[]; readonly place: string }> {
  const keep = config.modelsDir === null ? await s3Keeping({ ...config, compute: 'none' }) : null;
  if (keep === null) {
    const place = modelsDir(config);
    return { listings: await listBundles(place), place };
  }
  const keeping = await keep();
  try {
    return { listings: await keeping.bundles(), place: `the store at ${config.storeS3Endpoint ?? ''}` };
  } finally {
    keeping.close();
  }
}
