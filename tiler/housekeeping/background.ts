import { keepHouse, type HouseRules } from '../../cache/housekeeping/keep-house.js';
import { LAST_RUN_KEY, USAGE_BUCKET } from '../../cache/housekeeping/usage-document.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { messageOf } from '../../engine/errors.js';
import type { Log } from '../log.js';

export interface BackgroundOptions {
  readonly store: ObjectStore;
  /** What goes without anybody's asking: leftovers, what is superseded, and what is over the quotas. */
  readonly rules: Pick<HouseRules, 'quotaBytes' | 'windows'>;
  readonly log: Log;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

export const HOUR_MS = 3_600_000;
/** Not while a process that has just started is asked for the most. */
const FIRST_MS = 5 * 60_000;
/** Another process that did it within this time has done it for all. */
const RESTED_MS = 50 * 60_000;

/** Housekeeping of a process that computes: hourly, in one process of those that share a store. */
export function startHousekeeping(options: BackgroundOptions): { stop(): void } {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout;
  const later = (ms: number): void => {
    timer = setTimeout(() => {
      void housekeep(options, stopping.signal).then(() => {
        if (!stopping.signal.aborted) later(HOUR_MS);
      });
    }, ms).unref();
  };
  later(FIRST_MS);
  return {
    // Not waited for: wherever it ends, nothing wrong is left.
    stop: () => {
      clearTimeout(timer);
      stopping.abort();
    },
  };
}

/** One turn, unless another process has just had it. Never rejects: what failed is tried again in an hour. */
export async function housekeep(options: BackgroundOptions, signal: AbortSignal): Promise<void> {
  const { store, rules, log, now = Date.now } = options;
  try {
    const begun = now();
    if (Math.abs(begun - (await lastRun(store))) < RESTED_MS) return;
    await store.put(USAGE_BUCKET, LAST_RUN_KEY, Buffer.from(JSON.stringify({ at: begun })));
    const { plan, removed, failures, windows } = await keepHouse(
      store,
      { ...rules, now: begun, keepMs: Infinity, known: null },
      { signal },
    );
    const blocks = windows?.removed.objects ?? 0;
    if (removed.length + failures.length + blocks === 0) return;
    log.info('housekeeping', {
      metatiles: removed.filter(({ kind }) => kind === 'version').length,
      bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
      archiveBytes: plan.after,
      blocks,
      failed: failures.length,
      ...(failures[0] === undefined ? {} : { error: failures[0].error.message }),
    });
  } catch (error) {
    if (!signal.aborted) log.warn('housekeeping could not be done', { error: messageOf(error) });
  }
}

/** Milliseconds since 1970; 0 where nobody has, or nobody knows. */
async function lastRun(store: ObjectStore): Promise<number> {
  const bytes = await store.get(USAGE_BUCKET, LAST_RUN_KEY);
  if (bytes === undefined) return 0;
  try {
    const { at } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { at?: unknown };
    return typeof at === 'number' ? at : 0;
  } catch {
    return 0;
  }
}
