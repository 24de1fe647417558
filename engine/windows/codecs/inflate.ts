import { inflateSync } from 'node:zlib';

/** Room beyond the expected bytes: zlib then ends in the first buffer instead of asking for a second. */
const SLACK = 64;

/**
 * Inflates a zlib stream. Throws zlib's errors: on corrupt or cut data, and as soon as more than `maxBytes` would come out.
 * The array's buffer is its own and may be some bytes longer.
 */
export function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = inflateSync(bytes, { chunkSize: maxBytes + SLACK, maxOutputLength: maxBytes });
  // Small outputs lie in node's shared pool, which must neither be transferred nor kept alive.
  return out.buffer.byteLength === maxBytes + SLACK
    ? new Uint8Array(out.buffer, out.byteOffset, out.length)
    : new Uint8Array(out);
}
