/**
 * Samples of 1, 2 or 4 bits, most significant first (TIFF 6.0, FillOrder 1), each row begun at a whole byte.
 * @returns one byte a sample, rows · rowSamples
 */
export function unpackBits(packed: Uint8Array, rowSamples: number, rows: number, bits: number): Uint8Array {
  const out = new Uint8Array(rows * rowSamples);
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const inByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let row = 0, to = 0; row < rows; row += 1) {
    const from = row * rowBytes;
    for (let i = 0; i < rowSamples; i += 1, to += 1) {
      const byte = packed[from + Math.floor(i / inByte)]!;
      out[to] = (byte >> (8 - bits - (i % inByte) * bits)) & mask;
    }
  }
  return out;
}

const HALF_MANTISSA = 0x3ff;
const HALF_EXPONENT = 0x1f;

/** IEEE 754 binary16 to float32. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) {
    const half = halves[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & HALF_EXPONENT;
    const mantissa = half & HALF_MANTISSA;
    if (exponent === HALF_EXPONENT) out[i] = mantissa === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) out[i] = sign * mantissa * 2 ** -24;
    else out[i] = sign * (mantissa + 1024) * 2 ** (exponent - 25);
  }
  return out;
}
