import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DiskObjectStore } from '../../cache/disk-store.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { GeoCropError } from '../../engine/errors.js';
import { quietAwsSdk } from '../config/environment.js';
import { s3Options } from '../config/s3-options.js';
import type { Config } from '../config/settings.js';

/**
 * Runs a command over the store alone: no catalogue, no models. A folder that is not there is not made.
 * @throws config-invalid, store-unavailable
 */
export async function withStore<T>(
  config: Config,
  { writes }: { readonly writes: boolean },
  run: (store: ObjectStore, place: string) => Promise<T>,
): Promise<T> {
  const s3 = await s3Options(config);
  if (s3 === null) {
    const folder = resolve(config.storeDir);
    const there = await stat(folder).catch(() => null);
    if (there?.isDirectory() !== true) {
      throw new GeoCropError('config-invalid', `There is no store in ${folder}.`, {
        hint: 'Name it with --store or GEOCROP_STORE.',
        context: { folder },
      });
    }
    return run(await DiskObjectStore.open(folder), `the folder ${folder}`);
  }
  quietAwsSdk();
  const { openS3Store } = await import('../../cache/s3-probe.js');
  const store = await openS3Store(s3, { writes });
  try {
    return await run(store, `the store at ${s3.endpoint}`);
  } finally {
    store.close();
  }
}
