import { randomUUID } from 'node:crypto';
import { mapBounded } from '../../engine/map-bounded.js';
import type { ObjectStore } from '../object-store.js';
import { LastUse } from './last-use.js';
import {
  dayOf,
  parseUsage,
  serializeUsage,
  usageDayOf,
  usageKey,
  USAGE_BUCKET,
  USAGE_PREFIX,
} from './usage-document.js';

export const DAY_MS = 86_400_000;
/** Journals of as many days count; what was looked at before counts by when it was written. */
export const USAGE_DAYS = 180;
/** A process may write a day's journal until shortly after its end; clocks differ, but by less than a day. */
const OPEN_DAYS = 2;
const READS_AT_ONCE = 8;

/** Merges the journals of all processes. */
export async function readUsage(store: ObjectStore, now: number): Promise<LastUse> {
  const usage = new LastUse(now);
  const oldest = dayOf(now - USAGE_DAYS * DAY_MS);
  const keys = (await journals(store)).filter(({ day }) => day >= oldest).map(({ key }) => key);
  await merge(store, keys, usage);
  return usage;
}

/**
 * Makes one journal of a past day's many, and removes those that are too old to count. The merged one is there before the
 * others go: whoever is killed in between, or does the same at once, loses nothing.
 * @returns journals removed
 */
export async function compactUsage(store: ObjectStore, now: number): Promise<number> {
  const oldest = dayOf(now - USAGE_DAYS * DAY_MS);
  const closed = dayOf(now - OPEN_DAYS * DAY_MS);
  const days = new Map<string, string[]>();
  for (const { day, key } of await journals(store)) days.set(day, [...(days.get(day) ?? []), key]);
  let removed = 0;
  for (const [day, keys] of days) {
    const tooOld = day < oldest;
    if (!tooOld && (day > closed || keys.length === 1)) continue;
    if (!tooOld) {
      const usage = new LastUse(now);
      await merge(store, keys, usage);
      const bytes = serializeUsage(usage.entries());
      await store.put(USAGE_BUCKET, usageKey(day, `all-${randomUUID().slice(0, 8)}`), bytes);
    }
    await mapBounded(keys, READS_AT_ONCE, (key) => store.delete(USAGE_BUCKET, key));
    removed += keys.length;
  }
  return removed;
}

async function journals(store: ObjectStore): Promise<{ readonly day: string; readonly key: string }[]> {
  const found: { day: string; key: string }[] = [];
  for await (const key of store.list(USAGE_BUCKET, USAGE_PREFIX)) {
    const day = usageDayOf(key);
    if (day !== undefined) found.push({ day, key });
  }
  return found;
}

async function merge(store: ObjectStore, keys: readonly string[], into: LastUse): Promise<void> {
  await mapBounded(keys, READS_AT_ONCE, async (key) => {
    const bytes = await store.get(USAGE_BUCKET, key);
    if (bytes !== undefined) into.add(parseUsage(bytes));
  });
}
