import { COLUMN_BYTES, NODE_BYTES, columnsOf, highPlane, nodeColumn, nodeRank } from './model';
import { BLOCK, listOf, wideOf } from './scratch';
import { compareWide } from './cut-tree';
import { STEP, rightBits } from './right-bits';

/** What numberLeaves returns where the pixels differ on some level, beside the leaf number that they agree on. */
export const OPEN: i32 = 0x10000;

/**
 * Leaf numbers of an oblivious tree: one comparison a level, each a bit of the number, the root's the highest. Levels about which
 * all pixels agree cost nothing.
 * @param levels nodes, one a level, the root's first
 * @param numbers u8[2][BLOCK] out: the bits that they do not agree on, low bytes and, from nine levels on, high bytes
 * @returns the bits that they agree on; with OPEN where there are others
 */
export function numberLeaves(
  model: usize,
  levels: usize,
  depth: i32,
  ranges: usize,
  planes: usize,
  padded: i32,
  scratch: usize,
  numbers: usize,
): i32 {
  const lowList = listOf(scratch, 0);
  const highList = listOf(scratch, 1);
  let lowEnd = lowList;
  let highEnd = highList;
  let agreed = 0;
  let wide = 0;
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
    let plane = planes + column * BLOCK;
    let threshold = (rank & 0xff) ^ 0x80;
    const high = highPlane(columnsOf(model) + column * COLUMN_BYTES);
    if (high >= 0 && range >> 24 != ((range >> 8) & 0xff)) {
      const made = wideOf(scratch) + <usize>(wide++ * BLOCK);
      compareWide(plane, planes + <usize>(high * BLOCK), rank, padded, made);
      plane = made;
      threshold = 0;
    }
    const entry = bit < 8 ? lowEnd : highEnd;
    store<u32>(entry, <u32>plane, 0);
    store<u8>(entry, threshold, 4);
    store<u8>(entry, <u8>((<i32>1) << (bit & 7)), 5);
    if (bit < 8) lowEnd += 8;
    else highEnd += 8;
  }
  if (lowEnd == lowList && highEnd == highList) return agreed;
  setBits(lowList, lowEnd, padded, numbers);
  if (depth > 8) setBits(highList, highEnd, padded, numbers + BLOCK);
  return agreed | OPEN;
}

/** Each byte: the bits of the list's levels on which that pixel goes right. */
function setBits(list: usize, end: usize, padded: i32, to: usize): void {
  for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) rightBits(list, end, pixel, to + pixel);
}
