import type { ObjectStore } from '../../cache/object-store.js';
import type { MapDefinition } from '../tiles/maps.js';

/** What the last warming of a map measured: the next one's estimate is made of it. */
export interface WarmingRecord {
  /** Metatiles that were computed. */
  readonly metatiles: number;
  readonly seconds: number;
  /** From the sources; null where other processes fetched. */
  readonly fetchedBytes: number | null;
  /** Compute threads of this process; null where other processes computed. */
  readonly threads: number | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const BUCKET = 'geocrop-results';
/** Fewer say too little: the first metatile of a place fetches what the next ones find. */
const LEAST = 3;

const keyOf = ({ mapDigest, seasonKey }: MapDefinition): string => `warming/${mapDigest}/${seasonKey}.json`;

/** undefined where none is kept, or none that can be read: it is made again by the next warming. */
export async function readRecord(
  store: Pick<ObjectStore, 'get'>,
  definition: MapDefinition,
): Promise<WarmingRecord | undefined> {
  const bytes = await store.get(BUCKET, keyOf(definition));
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Does nothing where too little was measured. Throws store-full, store-unavailable. */
export async function writeRecord(
  store: Pick<ObjectStore, 'put'>,
  definition: MapDefinition,
  record: WarmingRecord,
): Promise<void> {
  if (record.metatiles < LEAST) return;
  await store.put(BUCKET, keyOf(definition), Buffer.from(JSON.stringify(record), 'utf8'), {
    contentType: 'application/json',
  });
}

function isRecord(value: unknown): value is WarmingRecord {
  const { metatiles, seconds, fetchedBytes, threads, at } = (value ?? {}) as Record<string, unknown>;
  const positive = (number: unknown): boolean => typeof number === 'number' && number > 0;
  return (
    positive(metatiles) &&
    positive(seconds) &&
    (fetchedBytes === null || (typeof fetchedBytes === 'number' && fetchedBytes >= 0)) &&
    (threads === null || positive(threads)) &&
    typeof at === 'string'
  );
}
