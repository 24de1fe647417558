import { resolve } from 'node:path';
import type { HouseRules } from '../../cache/housekeeping/keep-house.js';
import { folderWindows, storeWindows } from '../../cache/housekeeping/windows.js';
import type { ObjectStore } from '../../cache/object-store.js';
import type { Config } from '../config/settings.js';
import { defaultWindowsDir } from '../tiles/open-engine.js';

/**
 * The quotas of the configuration. In a folder source blocks have their times set when they are read, and each process keeps the
 * quota of what it wrote itself: here it is kept of all. In a bucket the blocks written least recently go.
 */
export function houseRules(config: Config, store: ObjectStore): Pick<HouseRules, 'quotaBytes' | 'windows'> {
  const { archiveBytes, blockCacheBytes, blockCacheDir, storeS3Endpoint, storeDir } = config;
  const windows =
    blockCacheDir !== null
      ? folderWindows(resolve(blockCacheDir))
      : storeS3Endpoint !== null
        ? storeWindows(store)
        : folderWindows(defaultWindowsDir(resolve(storeDir)));
  return { quotaBytes: archiveBytes, windows: { windows, quotaBytes: blockCacheBytes } };
}
