import {
  COLUMN_BYTES,
  bucketCount,
  bucketsOf,
  bucketsPerUnit,
  columnsOf,
  lowestThreshold,
  thresholdsOf,
  usedColumns,
} from './model';

/** Thresholds in one bucket up to which they are looked at one by one. */
const FEW: u32 = 8;

// Buckets of equal width: floor((x − lowest) · bucketsPerUnit) never falls as x rises, whatever is rounded, so that all
// thresholds of lower buckets are below x and all of higher ones above it.
export function forestRanks(model: usize, input: usize, stride: i32, count: i32, ranks: usize): i32 {
  let numbers = i32x4.splat(-1);
  const used = usedColumns(model);
  let column = columnsOf(model);
  for (let u = 0; u < used; u++, column += COLUMN_BYTES) {
    const from = input + ((<usize>u * <usize>stride) << 2);
    const own = rankColumn(model, column, from, count, ranks + ((<usize>u * <usize>count) << 1));
    numbers = v128.and(numbers, own);
  }
  return <i32>!i32x4.all_true(numbers);
}

/** @returns i32x4: −1 where a lane met no NaN */
function rankColumn(model: usize, column: usize, from: usize, count: i32, to: usize): v128 {
  let numbers = i32x4.splat(-1);
  const thresholds = thresholdsOf(model, column);
  const buckets = bucketsOf(model, column);
  const low = f32x4.splat(lowestThreshold(column));
  const perUnit = f32x4.splat(bucketsPerUnit(column));
  const last = i32x4.splat(bucketCount(column) - 1);
  const first = i32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(from + ((<usize>i) << 2));
    numbers = v128.and(numbers, f32x4.eq(x, x));
    // NaN becomes 0 and the infinities the ends.
    const scaled = f32x4.mul(f32x4.sub(x, low), perUnit);
    const bucket = i32x4.min_s(i32x4.max_s(i32x4.trunc_sat_f32x4_s(scaled), first), last);
    const at = to + ((<usize>i) << 1);
    store<u16>(at, rankOf(thresholds, buckets, i32x4.extract_lane(bucket, 0), f32x4.extract_lane(x, 0)), 0);
    store<u16>(at, rankOf(thresholds, buckets, i32x4.extract_lane(bucket, 1), f32x4.extract_lane(x, 1)), 2);
    store<u16>(at, rankOf(thresholds, buckets, i32x4.extract_lane(bucket, 2), f32x4.extract_lane(x, 2)), 4);
    store<u16>(at, rankOf(thresholds, buckets, i32x4.extract_lane(bucket, 3), f32x4.extract_lane(x, 3)), 6);
  }
  return numbers;
}

/** Number of thresholds below x. Two are looked at in any case: those of higher buckets are not below it. */
// @ts-ignore: decorator
@inline
function rankOf(thresholds: usize, buckets: usize, bucket: i32, x: f32): u16 {
  const ends = load<u32>(buckets + ((<usize>bucket) << 1));
  let from = ends & 0xffff;
  let to = ends >> 16;
  if (to - from > 2) {
    while (to - from > FEW) {
      const middle = (from + to) >> 1;
      if (load<f32>(thresholds + ((<usize>middle) << 2)) < x) from = middle + 1;
      else to = middle;
    }
    while (from < to && load<f32>(thresholds + ((<usize>from) << 2)) < x) from++;
    return <u16>from;
  }
  const at = thresholds + ((<usize>from) << 2);
  return <u16>(from + <u32>(load<f32>(at, 0) < x) + <u32>(load<f32>(at, 4) < x));
}
