/**
 * PackBits (TIFF 6.0 §9), to at most `maxBytes`. A stream that ends inside a run gives what was there.
 * Our own because geotiff.js 3.0.5 takes the filler byte −128 for a run of 129.
 */
export function decodePackBits(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  let filled = 0;
  for (let i = 0; i < bytes.length && filled < maxBytes;) {
    const head = bytes[i++]!;
    if (head < 128) {
      const literal = bytes.subarray(i, i + Math.min(head + 1, maxBytes - filled));
      out.set(literal, filled);
      filled += literal.length;
      i += head + 1;
    } else if (head > 128 && i < bytes.length) {
      const end = Math.min(filled + 257 - head, maxBytes);
      out.fill(bytes[i++]!, filled, end);
      filled = end;
    }
  }
  return out.subarray(0, filled);
}
