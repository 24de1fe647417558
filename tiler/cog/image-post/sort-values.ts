import type { NumberArray } from '../../../engine/raster-files/dataset.js';

/** A sorted copy, smallest first. Values of at most 16 bits are counted, not compared. */
export function sortValues(values: NumberArray): NumberArray {
  const out = values.slice();
  if (out.BYTES_PER_ELEMENT > 2) return out.sort();
  const offset = out instanceof Int8Array ? 128 : out instanceof Int16Array ? 32768 : 0;
  const counts = new Uint32Array(2 ** (8 * out.BYTES_PER_ELEMENT));
  for (let i = 0; i < values.length; i++) {
    const at = (values[i] as number) + offset;
    counts[at] = (counts[at] as number) + 1;
  }
  let to = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at] as number;
    if (count > 0) out.fill(at - offset, to, (to += count));
  }
  return out;
}
