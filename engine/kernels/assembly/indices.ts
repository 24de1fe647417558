import { BSI, EVI, NDMI, NDRE, SAVI, VECTOR, masksOf, reflectanceOf, seriesOf } from './layout';
import { BLUE, NIR, RED, REDEDGE1, SWIR16 } from './layout';
import { MEAN, MIN, PEAK, STD } from './layout';
import { put } from './output';

/** EVI_MIN_DENOMINATOR of engine/pixels/indices.ts. */
const EVI_MIN_DENOMINATOR: f64 = 0.001;

/**
 * Peak, minimum, mean and standard deviation of one index over the kept dates of a half, written to the output; the index's
 * series stays in scratch. Sums are of differences to the lane's first value, which keeps a constant series' deviation at 0.
 */
// @ts-ignore: decorator
@inline
export function indexStatistics(
  index: i32,
  kept: i32,
  dates: i32,
  scratch: usize,
  half: i32,
  out: usize,
  outStride: usize,
  filled: v128,
): void {
  const masks = masksOf(scratch, dates, half);
  const series = seriesOf(scratch, dates, half);
  const blues = reflectanceOf(scratch, dates, BLUE, half);
  const reds = reflectanceOf(scratch, dates, RED, half);
  const rededges = reflectanceOf(scratch, dates, REDEDGE1, half);
  const nirs = reflectanceOf(scratch, dates, NIR, half);
  const swirs = reflectanceOf(scratch, dates, SWIR16, half);
  const lowest = f64x2.splat(-Infinity);
  const highest = f64x2.splat(Infinity);
  const one = f64x2.splat(1);
  let seen = f64x2.splat(0);
  let count = f64x2.splat(0);
  let first = f64x2.splat(0);
  let sum = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let peak = lowest;
  let min = highest;
  const end = <usize>kept * VECTOR;
  for (let at: usize = 0; at < end; at += VECTOR) {
    let mask = v128.load(masks + at);
    const nir = v128.load(nirs + at);
    let value: v128;
    if (index == EVI) {
      const red = v128.load(reds + at);
      const blue = v128.load(blues + at);
      const denominator = f64x2.add(
        f64x2.sub(f64x2.add(nir, f64x2.mul(f64x2.splat(6), red)), f64x2.mul(f64x2.splat(7.5), blue)),
        one,
      );
      mask = v128.andnot(mask, f64x2.lt(denominator, f64x2.splat(EVI_MIN_DENOMINATOR)));
      const ratio = f64x2.div(f64x2.mul(f64x2.splat(2.5), f64x2.sub(nir, red)), denominator);
      value = f64x2.pmin(f64x2.pmax(ratio, f64x2.splat(-1)), one);
    } else if (index == SAVI) {
      const red = v128.load(reds + at);
      value = f64x2.div(
        f64x2.mul(f64x2.splat(1.5), f64x2.sub(nir, red)),
        f64x2.add(f64x2.add(nir, red), f64x2.splat(0.5)),
      );
    } else if (index == BSI) {
      const dry = f64x2.add(v128.load(swirs + at), v128.load(reds + at));
      const green = f64x2.add(nir, v128.load(blues + at));
      value = f64x2.div(f64x2.sub(dry, green), f64x2.add(dry, green));
    } else {
      const others = index == NDRE ? rededges : index == NDMI ? swirs : reds;
      const other = v128.load(others + at);
      value = f64x2.div(f64x2.sub(nir, other), f64x2.add(nir, other));
      if (index != NDMI) v128.store(series + at, value);
    }
    first = v128.bitselect(value, first, v128.andnot(mask, seen));
    seen = v128.or(seen, mask);
    count = f64x2.add(count, v128.and(one, mask));
    const difference = v128.and(f64x2.sub(value, first), mask);
    sum = f64x2.add(sum, difference);
    squares = f64x2.add(squares, f64x2.mul(difference, difference));
    peak = f64x2.pmax(peak, v128.bitselect(value, lowest, mask));
    min = f64x2.pmin(min, v128.bitselect(value, highest, mask));
  }
  const mean = f64x2.add(first, f64x2.div(sum, count));
  const spread = f64x2.sub(squares, f64x2.div(f64x2.mul(sum, sum), count));
  const std = f64x2.sqrt(f64x2.pmax(f64x2.div(spread, count), f64x2.splat(0)));
  // Only EVI leaves observations out: where all are, its statistics are 0.
  put(out, outStride, PEAK + index, v128.and(peak, seen), filled);
  put(out, outStride, MIN + index, v128.and(min, seen), filled);
  put(out, outStride, MEAN + index, v128.and(mean, seen), filled);
  put(out, outStride, STD + index, v128.and(std, seen), filled);
}
