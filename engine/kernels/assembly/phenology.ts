import { AMPLITUDE, AUC, AUC_SEASON, BASE, EOS, GREENUP_RATE, HARMONICS, LOS, POS, SENESCENCE_RATE, SOS } from './layout';
import { STEP, VECTOR, earlyEnd, midEnd, projectionRow } from './layout';
import { put } from './output';

/** TIE and SEASON_LEVEL of engine/pixels/phenology.ts. */
const TIE: f64 = 1e-5;
const LEVEL: f64 = 0.2;

/** Features 25 to 38 of a half from s at K nodes (docs/features.md section 5). No loop depends on a lane's values. */
export function phenology(s: usize, nodes: i32, tables: usize, out: usize, outStride: usize, filled: v128): void {
  const last = <usize>(nodes - 1) * VECTOR;
  const lowest = f64x2.splat(-Infinity);
  const highest = f64x2.splat(Infinity);
  const zero = f64x2.splat(0);
  const step = f64x2.splat(STEP);

  let top = v128.load(s);
  let bottom = top;
  let total = zero;
  for (let at: usize = 0; at <= last; at += VECTOR) {
    const value = v128.load(s + at);
    top = f64x2.pmax(top, value);
    bottom = f64x2.pmin(bottom, value);
    total = f64x2.add(total, value);
  }
  const ends = f64x2.mul(f64x2.splat(0.5), f64x2.add(v128.load(s), v128.load(s + last)));
  put(out, outStride, BASE, bottom, filled);
  put(out, outStride, AMPLITUDE, f64x2.sub(top, bottom), filled);
  put(out, outStride, AUC, f64x2.mul(step, f64x2.sub(total, ends)), filled);

  // The peak, backwards so that the earliest wins; its day stands for its node.
  const nearTop = f64x2.sub(top, f64x2.splat(TIE));
  let peak = zero;
  let peakDay = zero;
  let day: f64 = STEP * <f64>(nodes - 1);
  for (let at = last; ; at -= VECTOR) {
    const value = v128.load(s + at);
    const high = f64x2.ge(value, nearTop);
    peak = v128.bitselect(value, peak, high);
    peakDay = v128.bitselect(f64x2.splat(day), peakDay, high);
    if (at == 0) break;
    day -= STEP;
  }
  put(out, outStride, POS, peakDay, filled);

  // Lowest values and steepest slopes on either side of the peak.
  let lowBefore = highest;
  let lowAfter = highest;
  let rise = lowest;
  let fall = lowest;
  day = 0;
  for (let at: usize = 0; at <= last; at += VECTOR) {
    const value = v128.load(s + at);
    const days = f64x2.splat(day);
    const before = f64x2.lt(days, peakDay);
    const after = f64x2.gt(days, peakDay);
    lowBefore = f64x2.pmin(lowBefore, v128.bitselect(highest, value, after));
    lowAfter = f64x2.pmin(lowAfter, v128.bitselect(highest, value, before));
    if (at < last) {
      const slope = f64x2.div(f64x2.sub(v128.load(s + at + VECTOR), value), step);
      rise = f64x2.pmax(rise, v128.bitselect(slope, lowest, before));
      fall = f64x2.pmax(fall, v128.bitselect(lowest, f64x2.neg(slope), before));
    }
    day += STEP;
  }
  const lastDay = f64x2.splat(STEP * <f64>(nodes - 1));
  put(out, outStride, GREENUP_RATE, v128.andnot(rise, f64x2.eq(peakDay, zero)), filled);
  put(out, outStride, SENESCENCE_RATE, v128.andnot(fall, f64x2.eq(peakDay, lastDay)), filled);

  // Crossings: the last node before the peak and the first after it that lie at or below their level.
  const share = f64x2.splat(LEVEL);
  const levelBefore = f64x2.add(lowBefore, f64x2.mul(share, f64x2.sub(peak, lowBefore)));
  const levelAfter = f64x2.add(lowAfter, f64x2.mul(share, f64x2.sub(peak, lowAfter)));
  let startDay = zero;
  let startLow = zero;
  let startHigh = zero;
  let endDay = zero;
  let endLow = zero;
  let endHigh = zero;
  let open = f64x2.eq(zero, zero);
  day = 0;
  let value = v128.load(s);
  for (let at: usize = 0; at < last; at += VECTOR) {
    const next = v128.load(s + at + VECTOR);
    const days = f64x2.splat(day);
    const rising = v128.and(f64x2.lt(days, peakDay), f64x2.le(value, levelBefore));
    startDay = v128.bitselect(days, startDay, rising);
    startLow = v128.bitselect(value, startLow, rising);
    startHigh = v128.bitselect(next, startHigh, rising);
    const falling = v128.and(open, v128.and(f64x2.ge(days, peakDay), f64x2.le(next, levelAfter)));
    endDay = v128.bitselect(days, endDay, falling);
    endHigh = v128.bitselect(value, endHigh, falling);
    endLow = v128.bitselect(next, endLow, falling);
    open = v128.andnot(open, falling);
    value = next;
    day += STEP;
  }
  const risen = f64x2.div(f64x2.mul(step, f64x2.sub(levelBefore, startLow)), f64x2.sub(startHigh, startLow));
  const fallen = f64x2.div(f64x2.mul(step, f64x2.sub(endHigh, levelAfter)), f64x2.sub(endHigh, endLow));
  const tie = f64x2.splat(TIE);
  const sos = v128.bitselect(zero, f64x2.add(startDay, risen), f64x2.lt(f64x2.sub(peak, lowBefore), tie));
  const eos = v128.bitselect(lastDay, f64x2.add(endDay, fallen), f64x2.lt(f64x2.sub(peak, lowAfter), tie));
  put(out, outStride, SOS, sos, filled);
  put(out, outStride, EOS, eos, filled);
  put(out, outStride, LOS, f64x2.sub(eos, sos), filled);
  put(out, outStride, AUC_SEASON, integral(s, nodes, sos, eos), filled);

  for (let row = 0; row < 4; row++) {
    put(out, outStride, HARMONICS + row, project(s, nodes, projectionRow(tables, nodes, row)), filled);
  }
}

/** Integral of the piecewise-linear s between two days, from ≤ to. */
// @ts-ignore: decorator
@inline
function integral(s: usize, nodes: i32, from: v128, to: v128): v128 {
  const zero = f64x2.splat(0);
  const half = f64x2.splat(0.5);
  const step = f64x2.splat(STEP);
  let sum = zero;
  let value = v128.load(s);
  let start: f64 = 0;
  for (let k = 1; k < nodes; k++) {
    const next = v128.load(s + <usize>k * VECTOR);
    const slope = f64x2.div(f64x2.sub(next, value), step);
    // Both ends relative to the segment's own start; an empty part has no width.
    const begin = f64x2.splat(start);
    const a = f64x2.pmax(f64x2.sub(from, begin), zero);
    const b = f64x2.pmin(f64x2.sub(to, begin), step);
    const width = f64x2.pmax(f64x2.sub(b, a), zero);
    const middle = f64x2.mul(half, f64x2.add(a, b));
    sum = f64x2.add(sum, f64x2.mul(width, f64x2.add(value, f64x2.mul(slope, middle))));
    value = next;
    start += STEP;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function project(s: usize, nodes: i32, weights: usize): v128 {
  let sum = f64x2.splat(0);
  for (let k = 0; k < nodes; k++) {
    const weight = v128.load64_splat(weights + (<usize>k << 3));
    sum = f64x2.add(sum, f64x2.mul(weight, v128.load(s + <usize>k * VECTOR)));
  }
  return sum;
}

/** Means of s over the season's thirds, at three features from `feature` on. */
export function thirds(
  s: usize,
  nodes: i32,
  tables: usize,
  feature: i32,
  out: usize,
  outStride: usize,
  filled: v128,
): void {
  const early = earlyEnd(tables);
  const mid = midEnd(tables);
  put(out, outStride, feature, meanBetween(s, 0, early), filled);
  put(out, outStride, feature + 1, meanBetween(s, early, mid), filled);
  put(out, outStride, feature + 2, meanBetween(s, mid, nodes), filled);
}

// @ts-ignore: decorator
@inline
function meanBetween(s: usize, from: i32, end: i32): v128 {
  let sum = f64x2.splat(0);
  for (let k = from; k < end; k++) sum = f64x2.add(sum, v128.load(s + <usize>k * VECTOR));
  return f64x2.div(sum, f64x2.splat(<f64>(end - from)));
}
