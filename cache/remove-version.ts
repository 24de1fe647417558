import { ARCHIVE_BUCKET, isVersionFile, itemKey } from './archive-keys.js';
import type { ObjectStore } from './object-store.js';

/** A version that is written again each time that it was removed is wanted: then it stays. */
const ROUNDS = 3;

/**
 * Removes one version of a metatile: `item.json` first, so that nobody reads what goes next, then its other files; what is
 * none of ours stays. Beside a writer of the same version it ends whole or gone: who puts the item last looks whether its
 * products are there ({@link Archive.writeMetatile}), and here the item is looked for last. Killed in between it leaves
 * files without an item, which count as nothing.
 * @param onRemove told of each key before it goes
 */
export async function removeVersion(
  store: ObjectStore,
  prefix: string,
  scenes: string,
  onRemove: (key: string) => void = () => undefined,
): Promise<void> {
  const item = itemKey(prefix, scenes);
  const folder = `${prefix}/${scenes}/`;
  const remove = async (key: string): Promise<void> => {
    onRemove(key);
    await store.delete(ARCHIVE_BUCKET, key);
  };
  for (let round = 0; round < ROUNDS; round++) {
    await remove(item);
    for await (const key of store.list(ARCHIVE_BUCKET, folder)) {
      if (key !== item && isVersionFile(key.slice(folder.length))) await remove(key);
    }
    if ((await store.head(ARCHIVE_BUCKET, item)) === undefined) return;
  }
}
