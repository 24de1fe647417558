import { COLUMN_BYTES, columnsOf, highPlane, usedColumns } from './model';
import { BLOCK } from './scratch';

/** Makes a rank's byte a signed number of the same order. */
const SIGN: u32 = 0x80;

/**
 * Copies the ranks of one block's pixels into planes of its own and notes each column's range.
 * @param pixels u32[count]; the rest of `padded` (a multiple of 64) repeats the last
 */
export function gatherBlock(
  model: usize,
  ranks: usize,
  stride: i32,
  pixels: usize,
  count: i32,
  padded: i32,
  ranges: usize,
  planes: usize,
  words: usize,
  withWords: bool,
): void {
  const used = usedColumns(model);
  let column = columnsOf(model);
  for (let u = 0; u < used; u++, column += COLUMN_BYTES) {
    const from = ranks + ((<usize>u * <usize>stride) << 1);
    const low = planes + <usize>(u * BLOCK);
    const high = highPlane(column);
    let least: u32 = 0xffff;
    let most: u32 = 0;
    for (let i = 0; i < count; i++) {
      const rank: u32 = load<u16>(from + ((<usize>load<u32>(pixels + ((<usize>i) << 2))) << 1));
      least = min(least, rank);
      most = max(most, rank);
      store<u8>(low + <usize>i, rank ^ SIGN);
      if (high >= 0) store<u8>(planes + <usize>(high * BLOCK + i), (rank >> 8) ^ SIGN);
      if (withWords) store<u16>(words + ((<usize>(u * BLOCK + i)) << 1), rank);
    }
    repeatLast(low, count, padded);
    if (high >= 0) repeatLast(planes + <usize>(high * BLOCK), count, padded);
    if (withWords) {
      const own = words + ((<usize>(u * BLOCK)) << 1);
      const last = load<u16>(own + ((<usize>(count - 1)) << 1));
      for (let i = count; i < padded; i++) store<u16>(own + ((<usize>i) << 1), last);
    }
    store<u32>(ranges + ((<usize>u) << 2), least | (most << 16));
  }
}

// @ts-ignore: decorator
@inline
function repeatLast(plane: usize, count: i32, padded: i32): void {
  memory.fill(plane + <usize>count, load<u8>(plane + <usize>(count - 1)), <usize>(padded - count));
}
