import { giveUp } from './candidates';

export function sampleBlock(
  source: usize,
  candidates: usize,
  scene: usize,
  got: usize,
  stride: i32,
  rectX: i32,
  rectY: i32,
  rectW: i32,
  rectH: i32,
  rank: i32,
  bandBit: i32,
  nodata: i32,
  block: i32,
  blockOf: usize,
  offset: usize,
  plane: usize,
): i32 {
  const ranks = i8x16.splat(<i8>rank);
  const bit = i8x16.splat(<i8>bandBit);
  const blocks = i16x8.splat(<i16>block);
  const none = i8x16.splat(0);
  let left = 0;
  for (let y = rectY; y < rectY + rectH; y++) {
    let i = y * stride + rectX;
    const end = i + rectW;
    for (; i + 16 <= end; i += 16) {
      const pixel = <usize>i;
      const here = blockOf + (pixel << 1);
      const inBlock = i8x16.narrow_i16x8_s(
        i16x8.eq(v128.load(here), blocks),
        i16x8.eq(v128.load(here, 16), blocks),
      );
      const before = v128.load(got + pixel);
      const lacking = i8x16.eq(v128.and(before, bit), none);
      const waiting = i8x16.eq(v128.load(scene + pixel), ranks);
      const chosen = i8x16.bitmask(v128.and(v128.and(inBlock, lacking), waiting));
      if (chosen == 0) continue;
      if (chosen == 0xffff) {
        const low = gather(source, offset + (pixel << 2));
        const high = gather(source, offset + (pixel << 2) + 32);
        if (nodata < 0 || !holds(low, high, <i16>nodata)) {
          v128.store(plane + (pixel << 1), low);
          v128.store(plane + (pixel << 1), high, 16);
          v128.store(got + pixel, v128.or(before, bit));
          continue;
        }
      }
      let rest = <u32>chosen;
      while (rest != 0) {
        const one = pixel + <usize>ctz(rest);
        rest &= rest - 1;
        left += samplePixel(source, candidates, scene, got, one, rank, bandBit, nodata, offset, plane);
      }
    }
    for (; i < end; i++) {
      const pixel = <usize>i;
      if (load<u8>(scene + pixel) != <u8>rank) continue;
      if ((load<u8>(got + pixel) & <u8>bandBit) != 0) continue;
      if (load<u16>(blockOf + (pixel << 1)) != <u16>block) continue;
      left += samplePixel(source, candidates, scene, got, pixel, rank, bandBit, nodata, offset, plane);
    }
  }
  return left;
}

/** @returns 1 where the pixel gave its scene up. */
// @ts-ignore: decorator
@inline
function samplePixel(
  source: usize,
  candidates: usize,
  scene: usize,
  got: usize,
  pixel: usize,
  rank: i32,
  bandBit: i32,
  nodata: i32,
  offset: usize,
  plane: usize,
): i32 {
  const dn = load<u16>(source + (<usize>load<u32>(offset + (pixel << 2)) << 1));
  if (<i32>dn == nodata) {
    giveUp(candidates, scene, got, pixel, rank);
    return 1;
  }
  store<u16>(plane + (pixel << 1), dn);
  store<u8>(got + pixel, load<u8>(got + pixel) | <u8>bandBit);
  return 0;
}

/** DN at eight offsets. */
// @ts-ignore: decorator
@inline
function gather(source: usize, offsets: usize): v128 {
  let dn = i16x8.splat(load<i16>(source + (<usize>load<u32>(offsets) << 1)));
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 4) << 1), dn, 1);
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 8) << 1), dn, 2);
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 12) << 1), dn, 3);
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 16) << 1), dn, 4);
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 20) << 1), dn, 5);
  dn = v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 24) << 1), dn, 6);
  return v128.load_lane<i16>(source + (<usize>load<u32>(offsets, 28) << 1), dn, 7);
}

// @ts-ignore: decorator
@inline
function holds(low: v128, high: v128, dn: i16): bool {
  const wanted = i16x8.splat(dn);
  return v128.any_true(v128.or(i16x8.eq(low, wanted), i16x8.eq(high, wanted)));
}
