import { asGeoCropError, type GeoCropError } from '../../engine/errors.js';
import { isCurrent, parseDocument } from '../archive-documents.js';
import { ARCHIVE_BUCKET, currentKey, itemKey, metatilePrefix } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { removeVersion } from '../remove-version.js';
import type { Plan, Removal } from './plan.js';

export interface ExecuteOptions {
  readonly signal?: AbortSignal;
  /** Told after each removal. */
  readonly onRemoved?: (removal: Removal, outcome: Outcome) => void;
}

/** `kept`: it has come into use since it was planned. */
export type Outcome = 'removed' | 'kept' | GeoCropError;

const AT_ONCE = 4;

/**
 * Removes what was planned, a few at a time; what has come into use meanwhile stays. What cannot be removed is told, and
 * the rest goes on. Interrupted or killed anywhere it leaves nothing that is wrong: the next run plans anew.
 */
export async function executePlan(
  store: ObjectStore,
  { removals }: Pick<Plan, 'removals'>,
  { signal, onRemoved = () => undefined }: ExecuteOptions = {},
): Promise<void> {
  const groups = byMetatile(removals).values();
  const worker = async (): Promise<void> => {
    for (const group of groups) {
      for (const removal of group) {
        signal?.throwIfAborted();
        let outcome: Outcome;
        try {
          outcome = await remove(store, removal);
        } catch (error) {
          outcome = asGeoCropError(error);
        }
        onRemoved(removal, outcome);
      }
    }
  };
  // All of them have ended before this does, whatever the first failure was.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What follows each other of one metatile goes one after the other, its pointer right after. */
function byMetatile(removals: readonly Removal[]): Removal[][] {
  const groups: Removal[][] = [];
  let last = '';
  for (const removal of removals) {
    const place =
      removal.kind === 'scene-list'
        ? removal.key
        : metatilePrefix(removal.recipe, removal.season, removal.metatile);
    if (place === last) groups.at(-1)?.push(removal);
    else groups.push([removal]);
    last = place;
  }
  return groups;
}

async function remove(store: ObjectStore, removal: Removal): Promise<'removed' | 'kept'> {
  if (removal.kind === 'scene-list') {
    await store.delete(ARCHIVE_BUCKET, removal.key);
    return 'removed';
  }
  const prefix = metatilePrefix(removal.recipe, removal.season, removal.metatile);
  const named = async (): Promise<string | undefined> => {
    const bytes = await store.get(ARCHIVE_BUCKET, currentKey(prefix));
    return bytes && parseDocument(bytes, isCurrent)?.scenes;
  };
  const isThere = async (scenes: string): Promise<boolean> =>
    (await store.head(ARCHIVE_BUCKET, itemKey(prefix, scenes))) !== undefined;
  if (removal.kind === 'pointer') {
    const scenes = await named();
    if (scenes !== undefined && (await isThere(scenes))) return 'kept';
    await store.delete(ARCHIVE_BUCKET, currentKey(prefix));
    return 'removed';
  }
  const { reason, scenes } = removal;
  if (reason === 'leftover' && (await isThere(scenes))) return 'kept';
  if (reason === 'superseded' && (await named()) === scenes) return 'kept';
  await removeVersion(store, prefix, scenes);
  return 'removed';
}
