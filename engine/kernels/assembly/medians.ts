import { MEDIANS, VECTOR, masksOf, reflectanceOf, sortOf } from './layout';

/**
 * Median reflectance of one band over the kept dates of four pixels. Each lane is sorted by the same network, invalid
 * values last; a lane's middle follows from its own count.
 * @param counts i32x4: valid observations; @param filled i32x4: where there is a result
 */
export function median(
  band: i32,
  kept: i32,
  dates: i32,
  scratch: usize,
  counts: v128,
  out: usize,
  outStride: usize,
  filled: v128,
): void {
  const sorted = sortOf(scratch, dates);
  collect(band, kept, dates, scratch, sorted);
  sort(sorted, kept);
  let middle = f32x4.splat(0);
  middle = f32x4.replace_lane(middle, 0, middleOf(sorted, i32x4.extract_lane(counts, 0)));
  middle = f32x4.replace_lane(middle, 1, middleOf(sorted + 4, i32x4.extract_lane(counts, 1)));
  middle = f32x4.replace_lane(middle, 2, middleOf(sorted + 8, i32x4.extract_lane(counts, 2)));
  middle = f32x4.replace_lane(middle, 3, middleOf(sorted + 12, i32x4.extract_lane(counts, 3)));
  const written = v128.bitselect(middle, i32x4.splat(0x7fc00000), filled);
  v128.store(out + ((<usize>(MEDIANS + band) * outStride) << 2), written);
}

// @ts-ignore: decorator
@inline
function collect(band: i32, kept: i32, dates: i32, scratch: usize, sorted: usize): void {
  const low = reflectanceOf(scratch, dates, band, 0);
  const high = reflectanceOf(scratch, dates, band, 1);
  const lowMasks = masksOf(scratch, dates, 0);
  const highMasks = masksOf(scratch, dates, 1);
  const last = f32x4.splat(Infinity);
  const end = <usize>kept * VECTOR;
  for (let at: usize = 0; at < end; at += VECTOR) {
    const values = v128.shuffle<f64>(
      f32x4.demote_f64x2_zero(v128.load(low + at)),
      f32x4.demote_f64x2_zero(v128.load(high + at)),
      0,
      2,
    );
    const masks = v128.shuffle<i32>(v128.load(lowMasks + at), v128.load(highMasks + at), 0, 2, 4, 6);
    v128.store(sorted + at, v128.bitselect(values, last, masks));
  }
}

/** Batcher's merge exchange: a sorting network for any n. Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M. */
// @ts-ignore: decorator
@inline
function sort(values: usize, n: i32): void {
  if (n < 2) return;
  const top = 1 << (31 - clz(n - 1));
  for (let p = top; p > 0; p >>= 1) {
    let q = top;
    let r = 0;
    let d = p;
    for (;;) {
      for (let from = r; from < n - d; from += 2 * p) {
        const end = min(from + p, n - d);
        for (let i = from; i < end; i++) exchange(values + <usize>i * VECTOR, <usize>d * VECTOR);
      }
      if (q == p) break;
      d = q - p;
      q >>= 1;
      r = p;
    }
  }
}

// @ts-ignore: decorator
@inline
function exchange(at: usize, distance: usize): void {
  const a = v128.load(at);
  const b = v128.load(at + distance);
  v128.store(at, f32x4.pmin(a, b));
  v128.store(at + distance, f32x4.pmax(a, b));
}

/** The middle of a lane's first n values, the mean of two for an even n. */
// @ts-ignore: decorator
@inline
function middleOf(lane: usize, n: i32): f32 {
  const upper = <usize>(n >> 1) * VECTOR;
  const lower = <usize>(max(n - 1, 0) >> 1) * VECTOR;
  return <f32>0.5 * (load<f32>(lane + lower) + load<f32>(lane + upper));
}
