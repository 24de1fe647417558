import { crc32 } from 'node:zlib';
import type { FinalTile } from './tile-tier.js';

/**
 * A tile as one value: magic, CRC-32 of all that follows, length of the head, head (JSON), body; numbers are little-endian
 * uint32. The checksum tells a value that was damaged from a good one; it is no protection against people.
 */
const MAGIC = 0x31544347; // "GCT1": another layout, another digit
const FIXED_BYTES = 12;

interface Head {
  readonly etag: string;
  readonly contentType: string;
  readonly state: 'final';
  /** Milliseconds since 1970. */
  readonly lastModified: number | null;
}

export function sealTile({ body, etag, contentType, state, lastModified }: FinalTile): Buffer {
  const head: Head = { etag, contentType, state, lastModified: lastModified?.getTime() ?? null };
  const text = Buffer.from(JSON.stringify(head), 'utf8');
  const value = Buffer.allocUnsafe(FIXED_BYTES + text.length + body.byteLength);
  value.writeUInt32LE(MAGIC, 0);
  value.writeUInt32LE(text.length, 8);
  text.copy(value, FIXED_BYTES);
  value.set(body, FIXED_BYTES + text.length);
  value.writeUInt32LE(crc32(value.subarray(8)), 4);
  return value;
}

/** The tile, its body in memory of its own; undefined where the value is not whole, or is no tile of this ETag. */
export function unsealTile(value: Buffer, etag: string): FinalTile | undefined {
  if (value.length < FIXED_BYTES || value.readUInt32LE(0) !== MAGIC) return undefined;
  if (value.readUInt32LE(4) !== crc32(value.subarray(8))) return undefined;
  const end = FIXED_BYTES + value.readUInt32LE(8);
  const head = headOf(value.subarray(FIXED_BYTES, end).toString('utf8'));
  if (head?.etag !== etag) return undefined;
  return {
    // A view would keep all that came with it over the wire in memory.
    body: new Uint8Array(value.subarray(end)),
    etag,
    contentType: head.contentType,
    state: head.state,
    lastModified: head.lastModified === null ? null : new Date(head.lastModified),
  };
}

function headOf(text: string): Head | undefined {
  let head: Partial<Record<keyof Head, unknown>> | null;
  try {
    head = JSON.parse(text) as typeof head;
  } catch {
    return undefined;
  }
  const { etag, contentType, state, lastModified } = head ?? {};
  if (typeof etag !== 'string' || typeof contentType !== 'string' || state !== 'final') return undefined;
  if (lastModified !== null && typeof lastModified !== 'number') return undefined;
  return { etag, contentType, state, lastModified };
}
