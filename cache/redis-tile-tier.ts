import { setTimeout as sleep } from 'node:timers/promises';
import { FaultLog, type FaultReport } from './fault-log.js';
import { RedisLine } from './redis-line.js';
import type { RedisScript } from './redis-script.js';
import { PUT, REMOVE, TOUCH, UNIT_BYTES } from './redis-tile-scripts.js';
import { sealTile, unsealTile } from './tile-envelope.js';
import type { FinalTile, TierStats, TileTier } from './tile-tier.js';

export interface RedisTileTierOptions {
  readonly url: string;
  /** What tiles may take in Redis, over all processes; values and bookkeeping. */
  readonly quotaBytes: number;
  /** Milliseconds from a tile's writing. */
  readonly ttlMs: number;
  /** Larger tiles are not put there. */
  readonly maxValueBytes: number;
  /** The index's name; tiles' names begin with it and a colon. Default `geocrop:tiles`. */
  readonly prefix?: string;
  /** Told of failures of `reading` and `writing`, at most once a minute, and of their end. */
  readonly report: (report: FaultReport) => void;
}

/**
 * Milliseconds: a tile is read from the archive and drawn in less, so a later answer is worth nothing. A Redis that has to share
 * two cores with computing was seen silent for half as long.
 */
const READ_MS = 200;
/** Nobody waits for writing. */
const WRITE_MS = 1_000;
/** Bytes of bodies that are on their way to Redis at once. */
const UNDER_WAY_BYTES = 8 * 2 ** 20;
/** Uses are noted together, this often and at most so many: an order of use in seconds is fine enough. */
const TOUCH_EVERY_MS = 1_000;
const MOST_TOUCHED = 1_000;
/** What a value has beside the body, at most. */
const HEAD_BYTES = 1_024;
/** Names looked at in one step of a sweep, and the pause after it: others use this Redis, too. */
const SWEEP_COUNT = 1_000;
const SWEEP_PAUSE_MS = 10;

/**
 * Tiles in a Redis that processes share, also with strangers. Reading and writing have a connection and a breaker each:
 * where memory is full or the server has become a replica, what is there is still read.
 */
export class RedisTileTier implements TileTier {
  readonly name = 'redis';
  private readonly reads: RedisLine;
  private readonly writes: RedisLine;
  private readonly index: string;
  private readonly names: string;
  /** What every script is told: how names begin, and how many units there may be. */
  private readonly common: readonly [string, number];
  private readonly used = new Set<string>();
  private touching: NodeJS.Timeout | null = null;
  private readonly writing = new Set<Promise<void>>();
  private underWay = 0;
  private closed = false;
  private readonly counts = { hits: 0, misses: 0, written: 0, dropped: 0, damaged: 0 };
  private bytes: number | null = null;

  constructor(private readonly options: RedisTileTierOptions) {
    const { url, report, quotaBytes, prefix = 'geocrop:tiles' } = options;
    this.index = prefix;
    this.names = `${prefix}:`;
    this.common = [this.names, Math.floor(quotaBytes / UNIT_BYTES)];
    const faults = new FaultLog({
      // What is cut off by its end is no fault.
      report: (said) => {
        if (!this.closed) report(said);
      },
    });
    this.reads = new RedisLine({ url, timeoutMs: READ_MS, what: 'reading', faults });
    this.writes = new RedisLine({ url, timeoutMs: WRITE_MS, what: 'writing', faults });
  }

  /** True once both connections are there. */
  get up(): boolean {
    return this.reads.up && this.writes.up;
  }

  async get(etag: string): Promise<FinalTile | undefined> {
    const tag = tagOf(etag);
    // A part of the value, never more than a tile of ours has: who knows what lies under this name.
    const most = this.options.maxValueBytes + HEAD_BYTES;
    const value = await this.reads.run((redis) =>
      redis.getrangeBuffer(this.names + tag, 0, most).catch(ofAnotherType),
    );
    if (value === undefined) return undefined;
    const tile = value === null ? undefined : unsealTile(value, etag);
    if (tile !== undefined) {
      this.counts.hits += 1;
      this.touch(tag);
      return tile;
    }
    this.counts.misses += 1;
    if (value === null || value.length > 0) {
      this.counts.damaged += 1;
      void this.script(REMOVE, tag);
    }
    return undefined;
  }

  set(tile: FinalTile): Promise<void> {
    const writing = this.put(tile).finally(() => this.writing.delete(writing));
    this.writing.add(writing);
    return writing;
  }

  stats(): TierStats {
    return { ...this.counts, reads: this.reads.stats(), writes: this.writes.stats(), bytes: this.bytes };
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.touching !== null) clearTimeout(this.touching);
    // As long as one write may take, at most.
    await Promise.all(this.writing);
    this.reads.close();
    this.writes.close();
  }

  private async put(tile: FinalTile): Promise<void> {
    const size = tile.body.byteLength;
    const { maxValueBytes, ttlMs } = this.options;
    if (this.closed || size > maxValueBytes || this.underWay + size > UNDER_WAY_BYTES) {
      this.counts.dropped += 1;
      return;
    }
    const tag = tagOf(tile.etag);
    const answer = await this.writes.run((redis) => {
      // Until Redis has answered, or the connection is given up, the bytes are in memory here.
      this.underWay += size;
      const sent = PUT.run(
        redis,
        [this.index, this.names + tag],
        [...this.common, tag, sealTile(tile), ttlMs],
      );
      return sent.finally(() => (this.underWay -= size));
    });
    if (answer === undefined) return;
    const [kept, units, created] = answer as readonly [number, number, number];
    this.bytes = units * UNIT_BYTES;
    this.counts[kept === 1 ? 'written' : 'dropped'] += 1;
    if (created === 1) void this.sweep();
  }

  private touch(tag: string): void {
    if (this.used.size < MOST_TOUCHED) this.used.add(tag);
    this.touching ??= setTimeout(() => {
      this.touching = null;
      const tags = [...this.used];
      this.used.clear();
      void this.script(TOUCH, 'used', ...tags);
    }, TOUCH_EVERY_MS).unref();
  }

  /** There was no index: tiles of one that was lost are taken into this one, else nobody would count or remove them. */
  private async sweep(): Promise<void> {
    let cursor = '0';
    do {
      const page = await this.writes.run((redis) =>
        redis.scan(cursor, 'MATCH', `${this.names}*`, 'COUNT', SWEEP_COUNT),
      );
      if (page === undefined || this.closed) return;
      const [next, found] = page;
      cursor = next;
      if (found.length > 0) {
        await this.script(TOUCH, 'found', ...found.map((name) => name.slice(this.names.length)));
      }
      await sleep(SWEEP_PAUSE_MS, undefined, { ref: false });
    } while (cursor !== '0' && !this.closed);
  }

  private async script(script: RedisScript, ...args: readonly string[]): Promise<void> {
    const units = await this.writes.run((redis) =>
      script.run(redis, [this.index], [...this.common, ...args]),
    );
    if (typeof units === 'number') this.bytes = units * UNIT_BYTES;
  }
}

/** An ETag without its quotes: digits of a digest. */
const tagOf = (etag: string): string => etag.slice(1, -1);

/** A name of ours that has no text: as good as damaged, which null says. */
function ofAnotherType(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}
