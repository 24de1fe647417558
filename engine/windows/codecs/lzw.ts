const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MOST_CODES = 4096;

/**
 * TIFF's LZW (TIFF 6.0 §13: most significant bit first, codes grow one early), to at most `maxBytes`: like libtiff, what
 * follows a full block is not looked at. Throws where a code is out of order.
 * Our own because geotiff.js 3.0.5 never returns from some damaged streams (codes beyond its table lead it in a circle).
 */
export function decodeLzw(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  // A code's string is a stretch of the output: where it was last written, and how long it is.
  const start = new Int32Array(MOST_CODES);
  const length = new Int32Array(MOST_CODES);
  let filled = 0;
  let next = FIRST_FREE;
  let width = 9;
  let bits = 0;
  let held = 0;
  let position = 0;
  let previous = -1;

  while (filled < maxBytes) {
    while (held < width) {
      if (position >= bytes.length) return out.subarray(0, filled);
      bits = ((bits << 8) | bytes[position++]!) & 0xffffff;
      held += 8;
    }
    held -= width;
    const code = (bits >>> held) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      next = FIRST_FREE;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code >= CLEAR)) {
      throw new Error(`LZW code ${code} comes before it is defined`);
    }
    const at = filled;
    if (code < CLEAR) {
      out[filled++] = code;
    } else {
      // The new string is the previous one and its own first byte: it overlaps what is being written.
      const from = start[code]!;
      const end = Math.min(filled + length[code]!, maxBytes);
      for (let i = from; filled < end; i += 1, filled += 1) out[filled] = out[i]!;
    }
    if (previous >= 0 && next < MOST_CODES) next += 1;
    // The entry that the next code will complete: this string and one byte more.
    if (next < MOST_CODES) {
      start[next] = at;
      length[next] = (code < CLEAR ? 1 : length[code]!) + 1;
    }
    if (next + 1 >= 1 << width && width < 12) width += 1;
    previous = code;
  }
  return out.subarray(0, filled);
}
