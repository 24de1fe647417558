import { isItem, parseDocument } from '../../cache/archive-documents.js';
import { ARCHIVE_BUCKET, itemKey, metatilePrefix } from '../../cache/archive-keys.js';
import type { Inventory } from '../../cache/housekeeping/inventory.js';
import type { ObjectStore } from '../../cache/object-store.js';

/** What each recipe of the archive is, for people: the model of its classes, or the pixels. From one item of each. */
export async function recipeNames(
  store: ObjectStore,
  { metatiles }: Inventory,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { recipe, season, metatile, versions } of metatiles) {
    const finished = versions.find(({ finishedAt }) => finishedAt !== null);
    if (names.has(recipe) || finished === undefined) continue;
    const key = itemKey(metatilePrefix(recipe, season, metatile), finished.scenes);
    const bytes = await store.get(ARCHIVE_BUCKET, key);
    const item = bytes && parseDocument(bytes, isItem);
    if (item === undefined) continue;
    const model = item.properties['geocrop:model'] as { name?: unknown; version?: unknown } | undefined;
    names.set(
      recipe,
      model === undefined
        ? 'true colour, features'
        : `classes, ${String(model.name)} ${String(model.version)}`,
    );
  }
  return names;
}
