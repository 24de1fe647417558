import { DiskBlockCache } from '../../cache/block-cache.js';
import { ObjectBlockStore } from '../../cache/object-block-store.js';
import type { S3Options } from '../../cache/s3-options.js';
import { openS3Store } from '../../cache/s3-probe.js';
import { S3ObjectStore } from '../../cache/s3-store.js';
import { storeBundles } from '../../cache/store-bundles.js';
import { listBundles, loadBundles } from '../../engine/classes/list-bundles.js';
import type { Keeping } from './keeping.js';

export interface S3Keeping {
  readonly s3: S3Options;
  /** A folder of bundles in place of those of the store; null: the store's. */
  readonly modelsDir: string | null;
  /** Where the store has no bundle; null: none. */
  readonly bundledModelsDir: string | null;
  /** A folder of source blocks in place of the store's; null: the store's. */
  readonly windowsDir: string | null;
  readonly windowsQuotaBytes: number;
  /** Whether anything will be written. */
  readonly writes: boolean;
}

/** A block can be read from its source too: it is not waited for long, nor asked for twice. */
const WINDOWS = { tries: 1, timeoutMs: 2_000 };

/** Everything on an S3 server, unless a folder is named. Throws as openS3Store does. */
export async function openS3Keeping(options: S3Keeping): Promise<Keeping> {
  const { s3, modelsDir, bundledModelsDir, windowsDir, windowsQuotaBytes: quotaBytes } = options;
  const store = await openS3Store(s3, { writes: options.writes });
  const forWindows = new S3ObjectStore({ ...s3, ...WINDOWS }, store.checksums);
  return {
    store,
    windows:
      windowsDir === null
        ? new ObjectBlockStore({ store: forWindows })
        : await DiskBlockCache.open({ directory: windowsDir, quotaBytes }),
    bundles: async () => {
      if (modelsDir !== null) return listBundles(modelsDir);
      const found = await loadBundles(await storeBundles(store));
      return found.length === 0 && bundledModelsDir !== null ? listBundles(bundledModelsDir) : found;
    },
    close: () => {
      store.close();
      forWindows.close();
    },
  };
}
