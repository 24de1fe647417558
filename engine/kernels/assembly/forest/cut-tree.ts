import { COLUMN_BYTES, columnsOf, highPlane, leftOf, nodeColumn, nodeRank, rightOf } from './model';
import {
  BLOCK,
  MOST_LEAVES,
  cutLeavesOf,
  endsOf,
  listOf,
  stackOf,
  wideOf,
} from './scratch';

/** What cutTree says of a tree with more than MOST_LEAVES leaves. */
export const TOO_MANY: i32 = -1;

/**
 * Leaves of a tree only what the block's pixels disagree about: a branch that all of them take the same way is not there. Its leaves
 * are numbered from left to right. For each remaining branch and each word of eight leaves that its left side reaches into, the
 * word's list says which bits a pixel that goes right clears; what is left lowest is its leaf (QuickScorer: Lucchese et al.,
 * SIGIR 2015).
 * @returns the number of leaves
 */
export function cutTree(
  model: usize,
  nodes: usize,
  root: i32,
  leaves: usize,
  leafBytes: i32,
  scratch: usize,
  ranges: usize,
  planes: usize,
  padded: i32,
): i32 {
  const bottom = stackOf(scratch);
  const cutLeaves = cutLeavesOf(scratch);
  const ends = endsOf(scratch);
  for (let word = 0; word < MOST_LEAVES / 8; word++) {
    store<u32>(ends + ((<usize>word) << 2), <u32>listOf(scratch, word));
  }
  let top = bottom;
  let count = 0;
  let wide = 0;
  let child = root;
  while (true) {
    while (child >= 0) {
      const node = nodes + <usize>child;
      const column = nodeColumn(node);
      const rank = nodeRank(node);
      const range = load<u32>(ranges + (column << 2));
      if (range >> 16 <= rank) {
        child = leftOf(node);
        continue;
      }
      if ((range & 0xffff) > rank) {
        child = rightOf(node);
        continue;
      }
      if (count + (<i32>(top - bottom) >> 4) >= MOST_LEAVES - 1) return TOO_MANY;
      let plane = planes + column * BLOCK;
      let threshold = (rank & 0xff) ^ 0x80;
      const high = highPlane(columnsOf(model) + column * COLUMN_BYTES);
      if (high >= 0 && (range >> 24) != ((range >> 8) & 0xff)) {
        const made = wideOf(scratch) + <usize>(wide++ * BLOCK);
        compareWide(plane, planes + <usize>(high * BLOCK), rank, padded, made);
        plane = made;
        threshold = 0;
      }
      store<i32>(top, rightOf(node), 0);
      store<u32>(top, <u32>plane, 4);
      store<u32>(top, threshold, 8);
      store<i32>(top, count, 12);
      top += 16;
      child = leftOf(node);
    }
    const leaf = leaves + <usize>(~child * leafBytes);
    store<u32>(cutLeaves + ((<usize>count) << 2), leafBytes == 4 ? load<u32>(leaf) : <u32>leaf);
    count++;
    if (top == bottom) return count;
    top -= 16;
    clearLeaves(ends, load<u32>(top, 4), load<u32>(top, 8), load<i32>(top, 12), count);
    child = load<i32>(top, 0);
  }
}

/** Adds a branch to the lists of the words that hold its left side's leaves, `first` to `end` − 1. */
// @ts-ignore: decorator
@inline
function clearLeaves(ends: usize, plane: u32, threshold: u32, first: i32, end: i32): void {
  for (let word = first >> 3; word <= (end - 1) >> 3; word++) {
    const from = max(first - (word << 3), 0);
    const to = min(end - (word << 3), 8);
    const bits = (1 << to) - (1 << from);
    const at = ends + ((<usize>word) << 2);
    const entry = <usize>load<u32>(at);
    store<u32>(entry, plane, 0);
    store<u8>(entry, threshold, 4);
    store<u8>(entry, bits, 5);
    store<u32>(at, <u32>entry + 8);
  }
}

/** made[i] = 1 where the rank of two bytes is above `rank`. */
export function compareWide(low: usize, high: usize, rank: u32, padded: i32, made: usize): void {
  const lowRank = i8x16.splat(<i8>((rank & 0xff) ^ 0x80));
  const highRank = i8x16.splat(<i8>((rank >> 8) ^ 0x80));
  const one = i8x16.splat(1);
  for (let i: usize = 0; i < <usize>padded; i += 16) {
    const h = v128.load(high + i);
    const above = v128.and(i8x16.eq(h, highRank), i8x16.gt_s(v128.load(low + i), lowRank));
    v128.store(made + i, v128.and(v128.or(above, i8x16.gt_s(h, highRank)), one));
  }
}
