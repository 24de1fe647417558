/** An encoded tile with all that is needed to answer with it. */
export interface KeptTile {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Of the answer; null where it may not be kept by clients. */
  readonly etag: string | null;
  readonly state: 'final' | 'partial' | 'incomplete' | 'stale';
  readonly lastModified: Date | null;
}

/** What is finished: the same ETag is the same tile, wherever and whenever it was made. */
export interface FinalTile extends KeptTile {
  readonly etag: string;
  readonly state: 'final';
}

export function isFinal(tile: KeptTile): tile is FinalTile {
  return tile.state === 'final' && tile.etag !== null;
}

/**
 * A place where finished tiles are kept by ETag, and which may lose any of them at any time. One conformance suite runs over
 * every implementation (tile-tier.conformance.ts). Nothing rejects: a tier that fails has nothing, and takes nothing.
 */
export interface TileTier {
  readonly name: 'memory' | 'redis';
  /** The tile, bytes and headers as they were put there; undefined where it is not to be had. */
  get(etag: string): Promise<FinalTile | undefined>;
  /** Resolves once it is there, or was dropped: nobody has to wait for it. The body may not be changed afterwards. */
  set(tile: FinalTile): Promise<void>;
  stats(): TierStats;
  /** Ends what is under way, soon. */
  close(): Promise<void>;
}

/** Counted since the start. */
export interface TierStats {
  readonly hits: number;
  readonly misses: number;
  /** Tiles that were taken. */
  readonly written: number;
  /** Tiles that were not: too large, or too many bytes on the way. */
  readonly dropped: number;
  /** Entries that were not what they should be; each was a miss, and was removed. */
  readonly damaged: number;
  readonly reads: TierFaults;
  readonly writes: TierFaults;
  /** What it holds, all that share it together; null where that is not known. */
  readonly bytes: number | null;
}

export interface TierFaults {
  readonly failures: number;
  /** What was not even tried, since a failure was not long ago. */
  readonly skipped: number;
}
