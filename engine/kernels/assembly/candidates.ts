import { OUTSIDE } from './index-blocks';

export function sclCandidates(
  valid: usize,
  blockOf: usize,
  offset: usize,
  n: i32,
  rank: i32,
  candidates: usize,
): void {
  const bit = rank - 1;
  const outside = i16x8.splat(OUTSIDE);
  let i = 0;
  while (i < n) {
    const eight = i + 8 <= n;
    if (eight && i16x8.all_true(i16x8.eq(v128.load(blockOf + (<usize>i << 1)), outside))) {
      i += 8;
      continue;
    }
    const end = eight ? i + 8 : n;
    for (; i < end; i++) {
      const at = <usize>i;
      if (load<u16>(blockOf + (at << 1)) == OUTSIDE) continue;
      const clear = <u32>(load<u8>(valid + load<u32>(offset + (at << 2))) == 1);
      const place = candidates + (at << 1);
      store<u16>(place, load<u16>(place) | <u16>(clear << bit));
    }
  }
}

/** Rank of the lowest bit in each lane, 0 where none: the bits below the lowest are counted, and one added. */
// @ts-ignore: decorator
@inline
function lowestRanks(bits: v128): v128 {
  const one = i16x8.splat(1);
  const below = i16x8.sub(v128.and(bits, i16x8.neg(bits)), one);
  const counted = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(below));
  return v128.and(i16x8.add(counted, one), i16x8.ne(bits, i16x8.splat(0)));
}

export function beginDate(candidates: usize, scene: usize, got: usize, n: i32): void {
  const zero = i8x16.splat(0);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const bits = candidates + (<usize>i << 1);
    const ranks = i8x16.narrow_i16x8_u(lowestRanks(v128.load(bits)), lowestRanks(v128.load(bits, 16)));
    v128.store(scene + <usize>i, ranks);
    v128.store(got + <usize>i, zero);
  }
  for (; i < n; i++) {
    store<u8>(scene + <usize>i, nextRank(load<u16>(candidates + (<usize>i << 1)), 0));
    store<u8>(got + <usize>i, 0);
  }
}

/** The lowest rank above `rank` among the candidates, 0 where none. */
// @ts-ignore: decorator
@inline
export function nextRank(candidates: u32, rank: i32): u8 {
  const later = (candidates >> rank) << rank;
  return later == 0 ? 0 : <u8>(ctz(later) + 1);
}

/** The pixel leaves its scene for the next candidate of the date and begins anew there. */
// @ts-ignore: decorator
@inline
export function giveUp(candidates: usize, scene: usize, got: usize, pixel: usize, rank: i32): void {
  store<u8>(scene + pixel, nextRank(load<u16>(candidates + (pixel << 1)), rank));
  store<u8>(got + pixel, 0);
}
