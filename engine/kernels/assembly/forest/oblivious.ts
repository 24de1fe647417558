import { COLUMN_BYTES, NODE_BYTES, columnsOf, highPlane, nodeColumn, nodeRank } from './model';
import { BLOCK } from './scratch';

/**
 * Leaf numbers of an oblivious tree: one comparison a level, each a bit of the number, the root's the highest. Levels about which all
 * pixels agree cost nothing.
 * @param levels nodes, one a level, the root's first
 * @param chosen u8[2][BLOCK] out
 * @returns the leaf where all pixels agree on all levels, else −1
 */
export function numberLeaves(
  model: usize,
  levels: usize,
  depth: i32,
  ranges: usize,
  planes: usize,
  padded: i32,
  chosen: usize,
): i32 {
  let agreed = 0;
  let open = 0;
  for (let level = 0; level < depth; level++) {
    const node = levels + <usize>level * NODE_BYTES;
    const column = nodeColumn(node);
    const rank = nodeRank(node);
    const range = load<u32>(ranges + (column << 2));
    const bit = depth - 1 - level;
    if (range >> 16 <= rank) continue;
    if ((range & 0xffff) > rank) {
      agreed |= 1 << bit;
      continue;
    }
    if (open++ == 0) memory.fill(chosen, 0, 2 * BLOCK);
    const low = planes + column * BLOCK;
    const high = highPlane(columnsOf(model) + column * COLUMN_BYTES);
    const to = chosen + <usize>(bit >> 3) * BLOCK;
    const mask = i8x16.splat(<i8>(<i32>1 << (bit & 7)));
    if (high < 0) setBits(low, rank, mask, padded, to);
    else setBitsWide(low, planes + <usize>(high * BLOCK), rank, mask, padded, to);
  }
  if (open == 0) return agreed;
  if (agreed != 0) {
    const low = i8x16.splat(<i8>(agreed & 0xff));
    const high = i8x16.splat(<i8>(agreed >> 8));
    for (let i: usize = 0; i < <usize>padded; i += 16) {
      v128.store(chosen + i, v128.or(v128.load(chosen + i), low));
      v128.store(chosen + BLOCK + i, v128.or(v128.load(chosen + BLOCK + i), high));
    }
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function setBits(plane: usize, rank: u32, mask: v128, padded: i32, to: usize): void {
  const threshold = i8x16.splat(<i8>(rank ^ 0x80));
  for (let i: usize = 0; i < <usize>padded; i += 16) {
    const right = i8x16.gt_s(v128.load(plane + i), threshold);
    v128.store(to + i, v128.or(v128.load(to + i), v128.and(right, mask)));
  }
}

// @ts-ignore: decorator
@inline
function setBitsWide(low: usize, high: usize, rank: u32, mask: v128, padded: i32, to: usize): void {
  const lowRank = i8x16.splat(<i8>((rank & 0xff) ^ 0x80));
  const highRank = i8x16.splat(<i8>((rank >> 8) ^ 0x80));
  for (let i: usize = 0; i < <usize>padded; i += 16) {
    const h = v128.load(high + i);
    const above = v128.and(i8x16.eq(h, highRank), i8x16.gt_s(v128.load(low + i), lowRank));
    const right = v128.or(above, i8x16.gt_s(h, highRank));
    v128.store(to + i, v128.or(v128.load(to + i), v128.and(right, mask)));
  }
}
