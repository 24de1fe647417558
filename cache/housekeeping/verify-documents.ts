import { messageOf } from '../../engine/errors.js';
import { parseSceneList } from '../../engine/scenes/scene-list-json.js';
import { isCurrent, parseDocument } from '../archive-documents.js';
import { ARCHIVE_BUCKET, currentKey, itemKey, metatilePrefix } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { sceneListKey } from '../scene-list-store.js';
import type { StoredMetatile, StoredSceneList } from './inventory.js';
import type { Problem } from './verify-version.js';

/** What is wrong with `current.json`; null where nothing is, or it is not there. */
export async function pointerProblem(
  store: ObjectStore,
  { recipe, season, metatile }: Pick<StoredMetatile, 'recipe' | 'season' | 'metatile'>,
): Promise<Problem | null> {
  const prefix = metatilePrefix(recipe, season, metatile);
  const key = currentKey(prefix);
  const bytes = await store.get(ARCHIVE_BUCKET, key);
  if (bytes === undefined) return null;
  const current = parseDocument(bytes, isCurrent);
  if (current === undefined) return { key, what: 'it is not the JSON that it should be' };
  if ((await store.head(ARCHIVE_BUCKET, itemKey(prefix, current.scenes))) !== undefined) return null;
  return { key, what: `it names ${current.scenes.slice(0, 8)}…, which is not there` };
}

/** What is wrong with a scene list or its faults; null where nothing is, or it is not there any more. */
export async function sceneListProblem(
  store: ObjectStore,
  { key, source, season, metatile }: StoredSceneList,
): Promise<Problem | null> {
  const bytes = await store.get(ARCHIVE_BUCKET, key);
  if (bytes === undefined) return null;
  if (key.endsWith('.faults.json')) {
    const isList = (value: unknown): value is unknown[] => Array.isArray(value);
    return parseDocument(bytes, isList) === undefined ? { key, what: 'it is no list of faults' } : null;
  }
  try {
    const list = parseSceneList(bytes);
    if (sceneListKey(list) === key) return null;
    return {
      key,
      what: `it says that it is ${sceneListKey(list)}, in place of ${source} ${season} ${metatile.x}/${metatile.y}`,
    };
  } catch (error) {
    return { key, what: messageOf(error).replace('A stored scene list', 'it') };
  }
}
