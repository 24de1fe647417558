import { DiskBlockCache } from '../../cache/block-cache.js';
import { DiskObjectStore, type DiskFs } from '../../cache/disk-store.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { listBundles, type BundleListing } from '../../engine/classes/list-bundles.js';
import type { BlockStore } from '../../engine/windows/byte-source.js';

/** Where things are kept: scene lists and archive, source blocks, models. Opened once, by whoever runs an engine. */
export interface Keeping {
  readonly store: ObjectStore;
  readonly windows: BlockStore;
  bundles(): Promise<BundleListing[]>;
  close(): void;
}

export interface FolderKeeping {
  readonly storeDir: string;
  /** What the store writes with; default the platform's. */
  readonly storeFs?: DiskFs;
  /** A folder of bundles; null: maps without classes. */
  readonly modelsDir: string | null;
  readonly windowsDir: string;
  readonly windowsQuotaBytes: number;
}

/** Everything in folders. */
export async function openFolderKeeping(options: FolderKeeping): Promise<Keeping> {
  const { storeFs: fs, modelsDir, windowsDir: directory, windowsQuotaBytes: quotaBytes } = options;
  return {
    store: await DiskObjectStore.open(options.storeDir, fs === undefined ? {} : { fs }),
    windows: await DiskBlockCache.open({ directory, quotaBytes }),
    bundles: async () => (modelsDir === null ? [] : listBundles(modelsDir)),
    close: () => undefined,
  };
}
