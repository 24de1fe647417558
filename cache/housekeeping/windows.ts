import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bucket, ObjectEntry, ObjectStore } from '../object-store.js';
import type { Tally } from './inventory.js';

/** Kept source blocks, wherever they are. */
export interface Windows {
  entries(): AsyncIterable<ObjectEntry>;
  delete(key: string): Promise<void>;
}

export interface Trimmed {
  readonly before: Tally;
  readonly removed: Tally;
}

const BUCKET: Bucket = 'geocrop-windows';
const KEY = /^([0-9a-f]{2})\/\1[0-9a-f]{30}$/;
const MINUTE_MS = 60_000;

/** Those of the store's bucket. `modified` is when a block was written: an object store does not tell when it was read. */
export function storeWindows(store: ObjectStore): Windows {
  return {
    entries: () => store.entries(BUCKET, ''),
    delete: (key) => store.delete(BUCKET, key),
  };
}

/** Those of a folder (cache/block-cache.ts), whose times are set when they are read, within the hour. */
export function folderWindows(folder: string): Windows {
  const names = async (path: string): Promise<string[]> => (await readdir(path).catch(() => [])).sort();
  return {
    entries: async function* () {
      for (const first of await names(folder)) {
        for (const name of await names(join(folder, first))) {
          const key = `${first}/${name}`;
          if (!KEY.test(key)) continue;
          const info = await stat(join(folder, first, name)).catch(() => undefined);
          if (info?.isFile() === true) yield { key, size: info.size, modified: info.mtime };
        }
      }
    },
    delete: (key) => rm(join(folder, key), { force: true }),
  };
}

/**
 * Removes the oldest blocks until the rest is within the quota, whole minutes at a time: memory does not grow with their
 * number. Whoever reads one that is gone fetches it from its source. What is no block stays, and does not count.
 */
export async function trimWindows(
  windows: Windows,
  quotaBytes: number,
  { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Trimmed> {
  const minutes = new Map<number, Tally>();
  let before = NOTHING;
  for await (const { size, modified } of blocks(windows, signal)) {
    before = plus(before, { objects: 1, bytes: size });
    const minute = minuteOf(modified);
    minutes.set(minute, plus(minutes.get(minute) ?? NOTHING, { objects: 1, bytes: size }));
  }
  let removed = NOTHING;
  let last = -Infinity;
  for (const minute of [...minutes.keys()].sort((a, b) => a - b)) {
    if (before.bytes - removed.bytes <= quotaBytes) break;
    removed = plus(removed, minutes.get(minute) ?? NOTHING);
    last = minute;
  }
  if (!dryRun && removed.objects > 0) {
    for await (const { key, modified } of blocks(windows, signal)) {
      if (minuteOf(modified) <= last) await windows.delete(key);
    }
  }
  return { before, removed };
}

async function* blocks(windows: Windows, signal: AbortSignal | undefined): AsyncIterable<ObjectEntry> {
  for await (const entry of windows.entries()) {
    signal?.throwIfAborted();
    if (KEY.test(entry.key)) yield entry;
  }
}

const NOTHING: Tally = { objects: 0, bytes: 0 };
const minuteOf = (time: Date): number => Math.floor(time.getTime() / MINUTE_MS);
const plus = (a: Tally, b: Tally): Tally => ({ objects: a.objects + b.objects, bytes: a.bytes + b.bytes });
