import { giveUp } from './candidates';
import { OUTSIDE } from './index-blocks';

export function demand(
  candidates: usize,
  scene: usize,
  got: usize,
  stride: i32,
  rectX: i32,
  rectY: i32,
  rectW: i32,
  rectH: i32,
  rank: i32,
  bands: i32,
  blockOf: usize,
  flags: usize,
): i32 {
  const ranks = i8x16.splat(<i8>rank);
  const wanted = i8x16.splat(<i8>bands);
  let moved = 0;
  for (let y = rectY; y < rectY + rectH; y++) {
    let i = y * stride + rectX;
    const end = i + rectW;
    while (i < end) {
      const sixteen = i + 16 <= end;
      if (sixteen) {
        const waiting = i8x16.eq(v128.load(scene + <usize>i), ranks);
        if (!v128.any_true(waiting)) {
          i += 16;
          continue;
        }
        // All sixteen in one block of the image: one flag for them.
        const blocks = blockOf + (<usize>i << 1);
        const first = load<u16>(blocks);
        const same = i16x8.splat(first);
        const apart = v128.or(v128.xor(v128.load(blocks), same), v128.xor(v128.load(blocks, 16), same));
        if (first != OUTSIDE && !v128.any_true(apart)) {
          const missing = v128.and(v128.andnot(wanted, v128.load(got + <usize>i)), waiting);
          raise(flags + <usize>first, anyBits(missing));
          i += 16;
          continue;
        }
      }
      const until = sixteen ? i + 16 : end;
      for (; i < until; i++) {
        const pixel = <usize>i;
        if (load<u8>(scene + pixel) != <u8>rank) continue;
        const block = load<u16>(blockOf + (pixel << 1));
        if (block == OUTSIDE) {
          giveUp(candidates, scene, got, pixel, rank);
          moved++;
        } else {
          raise(flags + <usize>block, <u8>bands & ~load<u8>(got + pixel));
        }
      }
    }
  }
  return moved;
}

// @ts-ignore: decorator
@inline
function raise(flag: usize, bits: u8): void {
  store<u8>(flag, load<u8>(flag) | bits);
}

/** The sixteen bytes, or-ed together. */
// @ts-ignore: decorator
@inline
function anyBits(bytes: v128): u8 {
  let bits = i64x2.extract_lane(bytes, 0) | i64x2.extract_lane(bytes, 1);
  bits |= bits >> 32;
  bits |= bits >> 16;
  return <u8>(bits | (bits >> 8));
}
