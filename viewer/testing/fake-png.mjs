// The smallest PNG writer: 8-bit RGBA or palette, one IDAT.
import { deflateSync } from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/** @param {number} size width and height; @param {(x: number, y: number) => number[]} pixel [r, g, b, a] */
export function png(size, pixel) {
  const raw = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) raw.set(pixel(x, y), y * (size * 4 + 1) + 1 + x * 4);
  }
  return file(size, 6, [], raw);
}

/**
 * @param {number} size width and height
 * @param {number[][]} colors [r, g, b, a], 256 at most
 * @param {(x: number, y: number) => number} index of a colour
 */
export function palettePng(size, colors, index) {
  const raw = Buffer.alloc(size * (size + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) raw[y * (size + 1) + 1 + x] = index(x, y);
  }
  return file(
    size,
    3,
    [
      chunk('PLTE', Buffer.from(colors.flatMap(([r, g, b]) => [r, g, b]))),
      chunk('tRNS', Buffer.from(colors.map(([, , , a]) => a))),
    ],
    raw,
  );
}

function file(size, colorType, chunks, raw) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, colorType, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', deflateSync(raw, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
