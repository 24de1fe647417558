import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { readPaletteIndices } from './palette-png.js';

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};

/** A palette PNG of made-up bytes, a filter of `filters` a row in turn, the data in two chunks. */
function palettePng(
  width: number,
  height: number,
  depth: number,
  filters: readonly number[],
  color = 3,
): Buffer {
  const stride = Math.ceil((width * depth) / 8);
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows[y * (stride + 1)] = filters[y % filters.length] ?? 0;
    for (let x = 0; x < stride; x += 1) rows[y * (stride + 1) + 1 + x] = (x * 37 + y * 11) & 255;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, color, 0, 0, 0], 8);
  // The colour of an index says the index: what another decoder makes of the picture can be held against ours.
  const palette = Uint8Array.from({ length: 3 * 2 ** depth }, (_, at) => (at % 3 === 0 ? at / 3 : 7));
  const data = deflateSync(rows);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', data.subarray(0, 9)),
    chunk('IDAT', data.subarray(9)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('indices of every depth and filter are those that pngjs reads', async () => {
  for (const depth of [1, 2, 4, 8]) {
    for (const filters of [[0], [1], [2], [3], [4], [4, 3, 2, 1, 0]]) {
      const file = palettePng(37, 12, depth, filters);
      const seen = PNG.sync.read(file).data.filter((_, at) => at % 4 === 0);
      const read = await readPaletteIndices(file);
      assert.deepEqual([read?.width, read?.height], [37, 12]);
      assert.ok(Buffer.from(read?.indices ?? []).equals(seen), `depth ${depth}, filters ${filters.join()}`);
    }
  }
});

test('a picture without a palette has no indices', async () => {
  assert.equal(await readPaletteIndices(palettePng(4, 4, 8, [0], 0)), null);
});

test('what is cut short, or no PNG, is an error', async () => {
  const file = palettePng(37, 12, 8, [0]);
  await assert.rejects(readPaletteIndices(file.subarray(0, 300)));
  await assert.rejects(readPaletteIndices(Buffer.from('<html>no tile here</html>')), /no PNG/);
});
