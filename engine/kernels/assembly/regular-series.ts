import { STEP, VECTOR, smoothingRow } from './layout';

/**
 * The series of a half at the nodes, interpolated and smoothed (docs/features.md section 4).
 * @param series @param masks f64x2 by kept date; @param times f64x2 by kept date, rising
 * @param work room for 4 K vectors; @returns s_k: the last K of them
 */
export function smoothedSeries(
  series: usize,
  masks: usize,
  times: usize,
  kept: i32,
  nodes: i32,
  tables: usize,
  work: usize,
): usize {
  const size = <usize>nodes * VECTOR;
  const nodeValues = work + 2 * size;
  interpolate(series, masks, times, kept, nodes, work, work + size, nodeValues);
  const smoothed = work + 3 * size;
  for (let k = 0; k < nodes; k++) {
    const from = min(max(k - 2, 0), nodes - 5);
    const row = smoothingRow(tables, k - from);
    const five = nodeValues + <usize>from * VECTOR;
    let sum = f64x2.mul(v128.load64_splat(row), v128.load(five));
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(row, 8), v128.load(five, 16)));
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(row, 16), v128.load(five, 32)));
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(row, 24), v128.load(five, 48)));
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(row, 32), v128.load(five, 64)));
    v128.store(smoothed + <usize>k * VECTOR, sum);
  }
  return smoothed;
}

/** Marks a lane that has no observation before a node. */
const NEVER: f64 = -1;

// Each lane has its own observations, so the nearest one before and after each node is carried along: forwards, then back.
// @ts-ignore: decorator
@inline
function interpolate(
  series: usize,
  masks: usize,
  times: usize,
  kept: i32,
  nodes: i32,
  daysBefore: usize,
  valuesBefore: usize,
  nodeValues: usize,
): void {
  const end = <usize>kept * VECTOR;
  const none = f64x2.splat(NEVER);
  let day = none;
  let value = f64x2.splat(0);
  let at: usize = 0;
  for (let k = 0; k < nodes; k++) {
    const node = <f64>k * STEP;
    for (; at < end && load<f64>(times + at) <= node; at += VECTOR) {
      const mask = v128.load(masks + at);
      day = v128.bitselect(v128.load(times + at), day, mask);
      value = v128.bitselect(v128.load(series + at), value, mask);
    }
    v128.store(daysBefore + <usize>k * VECTOR, day);
    v128.store(valuesBefore + <usize>k * VECTOR, value);
  }
  day = none;
  value = f64x2.splat(0);
  at = end;
  for (let k = nodes - 1; k >= 0; k--) {
    const node = <f64>k * STEP;
    for (; at > 0 && load<f64>(times + at - VECTOR) > node; at -= VECTOR) {
      const mask = v128.load(masks + at - VECTOR);
      day = v128.bitselect(v128.load(times + at - VECTOR), day, mask);
      value = v128.bitselect(v128.load(series + at - VECTOR), value, mask);
    }
    const dayBefore = v128.load(daysBefore + <usize>k * VECTOR);
    const valueBefore = v128.load(valuesBefore + <usize>k * VECTOR);
    const slope = f64x2.div(f64x2.sub(value, valueBefore), f64x2.sub(day, dayBefore));
    const between = f64x2.add(valueBefore, f64x2.mul(slope, f64x2.sub(f64x2.splat(node), dayBefore)));
    const held = v128.bitselect(valueBefore, between, f64x2.eq(day, none));
    v128.store(nodeValues + <usize>k * VECTOR, v128.bitselect(value, held, f64x2.eq(dayBefore, none)));
  }
}
