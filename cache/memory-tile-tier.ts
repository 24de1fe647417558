import { TileCache, type TileCacheOptions } from './tile-cache.js';
import { isFinal, type FinalTile, type KeptTile, type TierStats, type TileTier } from './tile-tier.js';

const NO_FAULTS = { failures: 0, skipped: 0 };

/** Tiles in this process's memory. Beside what is finished it keeps what must not leave the process, for a time. */
export class MemoryTileTier implements TileTier {
  readonly name = 'memory';
  private readonly cache: TileCache<KeptTile>;
  private hits = 0;
  private misses = 0;
  private written = 0;

  constructor(options: TileCacheOptions) {
    this.cache = new TileCache(options);
  }

  async get(etag: string): Promise<FinalTile | undefined> {
    const tile = this.find(etag);
    return tile !== undefined && isFinal(tile) ? tile : undefined;
  }

  async set(tile: FinalTile): Promise<void> {
    this.keep(tile.etag, tile);
  }

  /** At once, so that nothing comes between a look and what is done about it. */
  find(key: string): KeptTile | undefined {
    const tile = this.cache.get(key);
    if (tile === undefined) this.misses += 1;
    else this.hits += 1;
    return tile;
  }

  /** @param ttlMs milliseconds after which it is forgotten; without, when room is needed */
  keep(key: string, tile: KeptTile, ttlMs?: number): void {
    this.cache.set(key, tile, ttlMs);
    this.written += 1;
  }

  stats(): TierStats {
    const { hits, misses, written } = this;
    return {
      hits,
      misses,
      written,
      dropped: 0,
      damaged: 0,
      reads: NO_FAULTS,
      writes: NO_FAULTS,
      bytes: this.cache.bytes,
    };
  }

  async close(): Promise<void> {}
}
