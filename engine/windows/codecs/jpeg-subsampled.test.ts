import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { segments } from './jpeg-stream.js';
import { decodeSubsampled } from './jpeg-subsampled.js';

const START_OF_FRAME = 0xc0;
const START_OF_SCAN = 0xda;
const MCU = 16;

/** A baseline JPEG with colours at half resolution and the standard's own Huffman tables: equal ones for all pictures. */
async function jpegOf(
  width: number,
  height: number,
  colour: (x: number, y: number) => number[],
): Promise<Uint8Array> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i += 1) pixels.set(colour(i % width, Math.floor(i / width)), i * 3);
  const options = { quality: 90, chromaSubsampling: '4:2:0', optimiseCoding: false, progressive: false };
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg(options)
      .toBuffer(),
  );
}

const smooth = (x: number, y: number): number[] => [
  128 + 100 * Math.sin(x / 9),
  128 + 100 * Math.cos(y / 7),
  128 + 90 * Math.sin((x + y) / 11),
];

test('one colour comes back', async () => {
  const rgb = decodeSubsampled(await jpegOf(33, 21, () => [200, 60, 90]), null);
  assert.equal(rgb?.length, 33 * 21 * 3);
  for (let i = 0; i < rgb.length; i += 3) {
    for (const [band, value] of [200, 60, 90].entries()) assert.ok(Math.abs(rgb[i + band]! - value) <= 3);
  }
});

test('what is smooth comes back nearly as it was', async () => {
  const [width, height] = [61, 47];
  const rgb = decodeSubsampled(await jpegOf(width, height, smooth), null);
  assert.ok(rgb !== null);
  let sum = 0;
  for (let i = 0; i < width * height; i += 1) {
    const expected = smooth(i % width, Math.floor(i / width));
    for (let band = 0; band < 3; band += 1) sum += Math.abs(rgb[3 * i + band]! - expected[band]!);
  }
  assert.ok(sum / rgb.length < 2, `${sum / rgb.length} apart on average`);
});

/** The first scan's header, and its coded data. */
function scanOf(jpeg: Uint8Array): { readonly from: number; readonly data: Uint8Array } {
  for (const { marker, from, to } of segments(jpeg)) {
    if (marker !== START_OF_SCAN) continue;
    const header = 2 + jpeg[from + 2]! * 256 + jpeg[from + 3]!;
    return { from, data: jpeg.subarray(from + header, to - 2) };
  }
  throw new Error('no scan');
}

test('restart markers begin anew', async () => {
  const parts = await Promise.all(
    [0, 40, 80].map((shift) => jpegOf(MCU, MCU, (x, y) => smooth(x + shift, y))),
  );
  const [first] = parts;
  assert.ok(first !== undefined);
  // Three pictures of one unit each, side by side in one: each unit's coding begins from nothing, as after a restart.
  const scan = scanOf(first);
  const head = first.slice(0, scan.from);
  for (const { marker, from } of segments(first)) if (marker === START_OF_FRAME) head[from + 8] = 3 * MCU;
  const interval = [0xff, 0xdd, 0, 4, 0, 1];
  const header = first.subarray(scan.from, scan.from + 14);
  const [a, b, c] = parts.map((part) => scanOf(part).data);
  const joined = Buffer.concat([
    head,
    Buffer.from(interval),
    header,
    a!,
    Buffer.of(0xff, 0xd0),
    b!,
    Buffer.of(0xff, 0xd1),
    c!,
    Buffer.of(0xff, 0xd9),
  ]);
  const whole = decodeSubsampled(new Uint8Array(joined), null);
  assert.equal(whole?.length, 3 * MCU * MCU * 3);
  for (const [i, part] of parts.entries()) {
    const alone = decodeSubsampled(part, null)!;
    for (let row = 0; row < MCU; row += 1) {
      const at = (row * 3 * MCU + i * MCU) * 3;
      assert.deepEqual(whole.subarray(at, at + MCU * 3), alone.subarray(row * MCU * 3, (row + 1) * MCU * 3));
    }
  }
  const without = Buffer.from(joined);
  without[without.lastIndexOf(Buffer.of(0xff, 0xd1)) + 1] = 0xd9;
  assert.throws(() => decodeSubsampled(new Uint8Array(without), null), /restart/);
});

test('a stream that is cut is refused', async () => {
  const jpeg = await jpegOf(61, 47, smooth);
  assert.throws(() => decodeSubsampled(jpeg.subarray(0, jpeg.length - 200), null), /ends too early/);
});

test('others are left to others', async () => {
  const pixels = Buffer.alloc(64 * 64 * 3, 77);
  const raw = { raw: { width: 64, height: 64, channels: 3 } } as const;
  for (const options of [{ chromaSubsampling: '4:4:4' }, { progressive: true }]) {
    const jpeg = await sharp(pixels, raw).jpeg(options).toBuffer();
    assert.equal(decodeSubsampled(new Uint8Array(jpeg), null), null, JSON.stringify(options));
  }
});
