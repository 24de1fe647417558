/** A block's bytes in its file: [offset, offset + byteCount). */
export interface BlockExtent {
  readonly offset: number;
  readonly byteCount: number;
}

/** One read and the blocks that lie in it. */
export interface BlockRange<B extends BlockExtent> {
  readonly start: number;
  readonly end: number;
  readonly blocks: readonly B[];
}

export interface MergeLimits {
  /** Bytes between two blocks that are read and thrown away rather than asked around. */
  readonly gapBytes: number;
  /** A merged range is not made longer than this; a single block may be. */
  readonly rangeBytes: number;
}

/**
 * Which ranges to read for a set of blocks of one file: neighbours are joined across small gaps, up to a size that keeps
 * several connections busy. Plain arithmetic; blocks may come in any order.
 */
export function mergeRanges<B extends BlockExtent>(
  blocks: readonly B[],
  limits: MergeLimits,
): BlockRange<B>[] {
  const sorted = [...blocks].sort((a, b) => a.offset - b.offset || a.byteCount - b.byteCount);
  const ranges: { start: number; end: number; blocks: B[] }[] = [];
  for (const block of sorted) {
    const end = block.offset + block.byteCount;
    const last = ranges.at(-1);
    if (
      last !== undefined &&
      block.offset - last.end <= limits.gapBytes &&
      Math.max(end, last.end) - last.start <= limits.rangeBytes
    ) {
      last.end = Math.max(end, last.end);
      last.blocks.push(block);
    } else {
      ranges.push({ start: block.offset, end, blocks: [block] });
    }
  }
  return ranges;
}
