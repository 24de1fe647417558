import type { Bucket } from '../object-store.js';

export const USAGE_BUCKET: Bucket = 'geocrop-results';
export const USAGE_PREFIX = 'usage/';
export const MINUTE_MS = 60_000;

/** When metatiles were looked at last, by `{recipe}/{season}`; `at` in milliseconds since 1970. */
export type Uses = readonly {
  readonly map: string;
  readonly metatiles: readonly { readonly x: number; readonly y: number; readonly at: number }[];
}[];

/** `2026-11-21`, UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const usageKey = (day: string, name: string): string => `${USAGE_PREFIX}${day}/${name}.json`;

/** When housekeeping last ran, in any process. */
export const LAST_RUN_KEY = `${USAGE_PREFIX}last-run.json`;

const KEY = /^usage\/(\d{4}-\d{2}-\d{2})\/([0-9a-z-]+)\.json$/;

/** The day of a journal; undefined for what is none. */
export function usageDayOf(key: string): string | undefined {
  return KEY.exec(key)?.[1];
}

/** `{"version": 1, "maps": {"{recipe}/{season}": [[x, y, minutes since 1970], …]}}`. */
export function serializeUsage(uses: Uses): Uint8Array {
  const maps = Object.fromEntries(
    uses.map(({ map, metatiles }) => [
      map,
      metatiles.map(({ x, y, at }) => [x, y, Math.floor(at / MINUTE_MS)]),
    ]),
  );
  return Buffer.from(JSON.stringify({ version: 1, maps }), 'utf8');
}

/** What can be read of it; a damaged journal says nothing. */
export function parseUsage(bytes: Uint8Array): Uses {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return [];
  }
  const { version, maps } = (document ?? {}) as { version?: unknown; maps?: unknown };
  if (version !== 1 || typeof maps !== 'object' || maps === null) return [];
  return Object.entries(maps as Record<string, unknown>).map(([map, metatiles]) => ({
    map,
    metatiles: (Array.isArray(metatiles) ? metatiles : [])
      .filter(isUse)
      .map(([x, y, minute]) => ({ x, y, at: minute * MINUTE_MS })),
  }));
}

function isUse(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => Number.isSafeInteger(part));
}
