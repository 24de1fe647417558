import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { BlockStore } from '../engine/windows/byte-source.js';
import { seal, unseal } from './block-envelope.js';
import type { Bucket, ObjectStore } from './object-store.js';

export interface ObjectBlockStoreOptions {
  /** Of one request; it must be short: whoever waits for it could have read the source meanwhile. */
  readonly store: ObjectStore;
  /** Bytes on their way into the store; beyond it blocks are dropped. Default 64 MiB. */
  readonly pendingBytes?: number;
  /** Milliseconds; default performance.now. */
  readonly now?: () => number;
}

export interface ObjectBlockStats {
  readonly hits: number;
  readonly misses: number;
  /** Not kept: too much on its way, or the store failed. */
  readonly dropped: number;
  /** Objects that were not whole. */
  readonly damaged: number;
  /** Requests that failed, and those that were not made because of it. */
  readonly failed: number;
  readonly skipped: number;
}

const BUCKET: Bucket = 'geocrop-windows';
const PENDING_BYTES = 64 * 2 ** 20;
/** After a failure the store is left alone for so long: a store that hangs would be waited for at every block. */
const REST_MS = 5_000;
const UNSURE_NAMES = 100_000;

/**
 * Blocks in the object store, `{first two digits}/{hash of the key}`, for all processes that share it. Whatever the store
 * does is never an error: a block is then read from its source, or not kept, and counted. What the bucket may
 * hold is housekeeping's matter (cache/housekeeping/windows.ts); `geocrop init-store` has old blocks expire, too.
 */
export class ObjectBlockStore implements BlockStore {
  private readonly store: ObjectStore;
  private readonly now: () => number;
  private readonly pendingLimit: number;
  private readonly pending = new Map<string, Promise<void>>();
  private pendingBytes = 0;
  /** What could not be replaced may be what must not be read again (CogReader.forget). */
  private readonly unsure = new LRUCache<string, true>({ max: UNSURE_NAMES });
  private restUntil = -Infinity;
  private readonly counts = { hits: 0, misses: 0, dropped: 0, damaged: 0, failed: 0, skipped: 0 };

  constructor(options: ObjectBlockStoreOptions) {
    this.store = options.store;
    this.now = options.now ?? (() => performance.now());
    this.pendingLimit = options.pendingBytes ?? PENDING_BYTES;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const name = nameOf(key);
    await this.pending.get(name);
    if (this.unsure.has(name)) {
      this.counts.misses += 1;
      return undefined;
    }
    const file = await this.attempt(() => this.store.get(BUCKET, name));
    const block = file === undefined ? undefined : unseal(file);
    if (file !== undefined && block === undefined) this.counts.damaged += 1;
    if (block === undefined) this.counts.misses += 1;
    else this.counts.hits += 1;
    return block;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const name = nameOf(key);
    if (this.pendingBytes + bytes.length > this.pendingLimit) {
      this.counts.dropped += 1;
      this.unsure.set(name, true);
      return;
    }
    this.pendingBytes += bytes.length;
    // One after another where it is the same key: a block that was taken back must stay so.
    const before = this.pending.get(name);
    const put = (async () => {
      await before;
      const written = await this.attempt(() => this.store.put(BUCKET, name, seal(bytes)));
      if (written !== undefined) this.unsure.delete(name);
      else {
        this.counts.dropped += 1;
        this.unsure.set(name, true);
      }
    })();
    this.pending.set(name, put);
    try {
      await put;
    } finally {
      this.pendingBytes -= bytes.length;
      if (this.pending.get(name) === put) this.pending.delete(name);
    }
  }

  get stats(): ObjectBlockStats {
    return { ...this.counts };
  }

  /** undefined too where the store failed, or rests. */
  private async attempt<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    if (this.now() < this.restUntil) {
      this.counts.skipped += 1;
      return undefined;
    }
    try {
      return await work();
    } catch {
      this.counts.failed += 1;
      this.restUntil = this.now() + REST_MS;
      return undefined;
    }
  }
}

function nameOf(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${hash.slice(0, 2)}/${hash}`;
}
