import { COLUMN_BYTES, columnsOf, importanceOf, thresholdCount, usedColumns } from './model';
import { BLOCK } from './scratch';

/** Pixels that stand for a range when the column to split it by is chosen. */
const SAMPLES: i32 = 48;
/** Keys of the histogram that finds the middle. */
const KEYS: i32 = 1024;
/** Ranges that wait: one for each halving of at most 2^32 pixels. */
const WAITING: i32 = 32;

/** Bytes of work: a histogram, the waiting ranges, and a copy of the order. */
export function orderScratchBytes(count: i32): i32 {
  return KEYS * 4 + WAITING * 8 + count * 4;
}

// Halves ranges of pixels by the column in which they differ most, counted in the model's own branches (a k-d tree), until
// they are blocks: pixels of one crop come together, wherever they lie, and agree on most branches.
export function forestOrder(
  model: usize,
  ranks: usize,
  stride: i32,
  count: i32,
  order: usize,
  scratch: usize,
): void {
  for (let i = 0; i < count; i++) store<i32>(order + ((<usize>i) << 2), i);
  const histogram = scratch;
  const waiting = histogram + (KEYS << 2);
  const copy = waiting + (WAITING << 3);
  let top = waiting;
  store<i32>(top, 0, 0);
  store<i32>(top, count, 4);
  for (;;) {
    const start = load<i32>(top, 0);
    const length = load<i32>(top, 4);
    const range = order + ((<usize>start) << 2);
    const column = length <= BLOCK ? -1 : mostImportant(model, ranks, stride, range, length);
    if (column < 0) {
      if (top == waiting) break;
      top -= 8;
      continue;
    }
    const blocks = (length + BLOCK - 1) / BLOCK;
    const half = ((blocks + 1) >> 1) * BLOCK;
    const thresholds = thresholdCount(columnsOf(model) + <usize>column * COLUMN_BYTES);
    const plane = ranks + ((<usize>column * <usize>stride) << 1);
    partition(plane, thresholds, range, length, half, histogram, copy);
    store<i32>(top, start, 0);
    store<i32>(top, half, 4);
    top += 8;
    store<i32>(top, start + half, 0);
    store<i32>(top, length - half, 4);
  }
}

/** The column whose range of ranks, over some of the pixels, spans the most branching; −1 where all agree on everything. */
function mostImportant(model: usize, ranks: usize, stride: i32, range: usize, length: i32): i32 {
  const used = usedColumns(model);
  let column = columnsOf(model);
  let best = -1;
  let most: f32 = 0;
  for (let u = 0; u < used; u++, column += COLUMN_BYTES) {
    const plane = ranks + ((<usize>u * <usize>stride) << 1);
    let low: u32 = 0xffff;
    let high: u32 = 0;
    for (let s = 0; s < SAMPLES; s++) {
      const place = <usize>((s * length) / SAMPLES);
      const rank: u32 = load<u16>(plane + ((<usize>load<u32>(range + (place << 2))) << 1));
      low = min(low, rank);
      high = max(high, rank);
    }
    const importance = importanceOf(model, column);
    const spans = load<f32>(importance + ((<usize>high) << 2)) - load<f32>(importance + ((<usize>low) << 2));
    if (spans > most) {
      most = spans;
      best = u;
    }
  }
  return best;
}

/** Brings the `half` pixels of the lowest ranks to the front, others behind, each side in the order it had. */
function partition(
  plane: usize,
  thresholds: i32,
  range: usize,
  length: i32,
  half: i32,
  histogram: usize,
  copy: usize,
): void {
  let shift = 0;
  while (thresholds >> shift >= KEYS) shift++;
  memory.fill(histogram, 0, KEYS << 2);
  const end = range + ((<usize>length) << 2);
  for (let at = range; at < end; at += 4) {
    const key = <usize>(load<u16>(plane + ((<usize>load<u32>(at)) << 1)) >> <u32>shift) << 2;
    store<i32>(histogram + key, load<i32>(histogram + key) + 1);
  }
  let middle = 0;
  let below = 0;
  for (; below + load<i32>(histogram + ((<usize>middle) << 2)) < half; middle++) {
    below += load<i32>(histogram + ((<usize>middle) << 2));
  }
  let room = half - below;
  let front = range;
  let back = copy;
  for (let at = range; at < end; at += 4) {
    const pixel = load<u32>(at);
    const key = <i32>(load<u16>(plane + ((<usize>pixel) << 1)) >> <u32>shift);
    if (key < middle || (key == middle && room-- > 0)) {
      store<u32>(front, pixel);
      front += 4;
    } else {
      store<u32>(back, pixel);
      back += 4;
    }
  }
  memory.copy(front, copy, back - copy);
}
