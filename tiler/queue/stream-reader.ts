import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Warn } from './quiet-warn.js';
import { LINK_OPTIONS, warnOfRedis, within } from './redis-link.js';

export interface StreamReader {
  /** Resolves when its place is known: what is added from then on is read. */
  readonly placed: Promise<void>;
  close(): Promise<void>;
}

const BLOCK_MS = 2_000;
const RETRY_MS = 250;
const AT_ONCE = 500;

type Entry = readonly [id: string, flat: readonly string[]];

/**
 * Reads Redis streams from now on, each entry once and in order. Its place in them is kept while the connection is lost: what was
 * added meanwhile is read when it is back, as far as the streams still hold it.
 */
export function readStreams(
  url: string,
  streams: readonly string[],
  onEntry: (stream: string, fields: ReadonlyMap<string, string>) => void,
  warn: Warn,
): StreamReader {
  const client = new Redis(url, {
    ...LINK_OPTIONS,
    // RESP 3 gives the answer of XREAD another shape.
    protocol: 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
  const places = new Map<string, string>();
  let placed = false;
  let closed = false;
  let tellPlaced = (): void => undefined;
  const firstPlaced = new Promise<void>((resolve) => (tellPlaced = resolve));
  let wake = (): void => undefined;
  client.on('error', (error) => warnOfRedis(warn, error));
  client.on('ready', () => {
    placed = false;
    wake();
  });

  /** At the end of each stream; where it was known already, there, unless Redis has been emptied and began anew. */
  const place = async (): Promise<void> => {
    for (const stream of streams) {
      const [last] = await client.xrevrange(stream, '+', '-', 'COUNT', 1);
      const known = places.get(stream);
      if (known === undefined) places.set(stream, last?.[0] ?? '0-0');
      else if (last !== undefined && isBefore(last[0], known)) places.set(stream, '0-0');
    }
    placed = true;
    tellPlaced();
  };

  const readOn = async (): Promise<void> => {
    if (!placed) await within(BLOCK_MS, place);
    const ids = streams.map((stream) => places.get(stream) ?? '0-0');
    const answer = (await within(2 * BLOCK_MS, () =>
      client.xread('COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...streams, ...ids),
    )) as [string, Entry[]][] | null;
    for (const [stream, entries] of answer ?? []) {
      for (const [id, flat] of entries) {
        places.set(stream, id);
        const fields = new Map<string, string>();
        for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i] as string, flat[i + 1] as string);
        onEntry(stream, fields);
      }
    }
  };

  const loop = async (): Promise<void> => {
    while (!closed) {
      try {
        if (client.status === 'ready') {
          await readOn();
          continue;
        }
      } catch (error) {
        if (closed) break;
        warnOfRedis(warn, error);
        // A silent connection is given up: the next one may be answered.
        if (client.status === 'ready') client.disconnect(true);
      }
      const ready = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([ready, sleep(RETRY_MS, undefined, { ref: false })]);
    }
  };
  const ended = loop();
  return {
    placed: firstPlaced,
    close: async () => {
      closed = true;
      client.disconnect();
      await ended;
    },
  };
}

/** Ids are `{milliseconds}-{number}`. */
function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs < bMs || (aMs === bMs && aNumber < bNumber);
}
