import type { NumberArray } from '../../../engine/raster-files/dataset.js';

/** A sorted copy, smallest first. @param values without NaN */
export function sortValues(values: NumberArray): NumberArray {
  if (values.BYTES_PER_ELEMENT <= 2) return sortByCounting(values);
  if (values instanceof Float64Array) return values.slice().sort();
  return sortByDigits(values as Uint32Array | Int32Array | Float32Array);
}

function sortByCounting(values: NumberArray): NumberArray {
  const out = values.slice();
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

const SIGN = 0x8000_0000;
const DIGIT_BITS = 11;
const DIGITS = [0, 11, 22] as const;
const MASK = 2 ** DIGIT_BITS - 1;

/** Least significant digits first: on a million float32 about four times faster than comparing (measured). */
function sortByDigits<T extends Uint32Array | Int32Array | Float32Array>(values: T): T {
  const out = values.slice() as T;
  const own = new Uint32Array(out.buffer, out.byteOffset, out.length);
  turnKeys(own, values, 'in');
  let from: Uint32Array = own;
  let to: Uint32Array = new Uint32Array(own.length);
  for (const shift of DIGITS) {
    scatter(from, to, shift);
    [from, to] = [to, from];
  }
  if (from !== own) own.set(from);
  turnKeys(own, values, 'out');
  return out;
}

/**
 * Bits whose order as unsigned numbers is that of the values, and back: the sign is turned, and of negative floats all bits, since
 * theirs grow away from 0 (IEEE 754).
 */
function turnKeys(bits: Uint32Array, type: Uint32Array | Int32Array | Float32Array, way: 'in' | 'out'): void {
  if (type instanceof Uint32Array) return;
  const float = type instanceof Float32Array;
  for (let i = 0; i < bits.length; i++) {
    const key = bits[i] as number;
    const negative = way === 'in' ? key >= SIGN : key < SIGN;
    bits[i] = float && negative ? ~key : key ^ SIGN;
  }
}

/** One stable pass over the digit at `shift`. */
function scatter(from: Uint32Array, to: Uint32Array, shift: number): void {
  const places = new Uint32Array(MASK + 1);
  for (let i = 0; i < from.length; i++) {
    const digit = ((from[i] as number) >>> shift) & MASK;
    places[digit] = (places[digit] as number) + 1;
  }
  let start = 0;
  for (let digit = 0; digit <= MASK; digit++) {
    const count = places[digit] as number;
    places[digit] = start;
    start += count;
  }
  for (let i = 0; i < from.length; i++) {
    const key = from[i] as number;
    const digit = (key >>> shift) & MASK;
    const place = places[digit] as number;
    to[place] = key;
    places[digit] = place + 1;
  }
}
