import { LRUCache } from 'lru-cache';

export interface TileCacheOptions {
  /** Bodies and their bookkeeping together stay below it. 0 keeps nothing. */
  readonly maxBytes: number;
  /** Milliseconds, never going back. */
  readonly now?: () => number;
}

/** What an entry takes beside its body, generously: key, headers, map slots. */
const ENTRY_BYTES = 1024;

/** Milliseconds that work from incomplete input is kept: long enough to spare the sources, too short to mislead. */
export const INCOMPLETE_MS = 60_000;

/** Encoded tiles in memory, by ETag; the least lately used go first. */
export class TileCache<T extends { readonly body: Uint8Array }> {
  private readonly entries: LRUCache<string, T> | null;

  constructor({ maxBytes, now = () => performance.now() }: TileCacheOptions) {
    this.entries =
      maxBytes <= ENTRY_BYTES
        ? null
        : new LRUCache({
            maxSize: maxBytes,
            sizeCalculation: (tile) => tile.body.byteLength + ENTRY_BYTES,
            perf: { now },
            // Every look asks the clock: an entry's last millisecond is decided here, not by a timer.
            ttlResolution: 0,
          });
  }

  get(key: string): T | undefined {
    return this.entries?.get(key);
  }

  /** @param ttlMs milliseconds after which it is forgotten; without, when room is needed */
  set(key: string, tile: T, ttlMs?: number): void {
    this.entries?.set(key, tile, ttlMs === undefined ? {} : { ttl: ttlMs });
  }

  get bytes(): number {
    return this.entries?.calculatedSize ?? 0;
  }

  get count(): number {
    return this.entries?.size ?? 0;
  }
}
