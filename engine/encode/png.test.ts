import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFile, gdalPng, withoutGdal } from './gdal-oracle.js';
import { encodePng, type PngImage, type Rgba } from './png.js';

const pattern = (length: number, below: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + Math.floor(i / 17) * 7) % below);

test('every kind is read by GDAL value for value', { skip: withoutGdal }, async () => {
  for (const [kind, channels] of [
    ['gray', 1],
    ['gray-alpha', 2],
    ['rgb', 3],
    ['rgba', 4],
  ] as const) {
    const image: PngImage = { kind, width: 37, height: 21, data: pattern(37 * 21 * channels, 256) };
    await asFile(await encodePng(image), (file) => {
      const seen = gdalPng(file);
      assert.deepEqual([seen.width, seen.height, seen.channels], [37, 21, channels], kind);
      assert.ok(seen.pixels.equals(Buffer.from(image.data)), kind);
    });
  }
});

test('palettes of every depth keep indices, colours and alphas', { skip: withoutGdal }, async () => {
  for (const colors of [1, 2, 3, 4, 10, 16, 17, 256]) {
    const palette = Array.from({ length: colors }, (_, i): Rgba => [
      i,
      255 - i,
      (i * 7) % 256,
      i % 3 === 0 ? 0 : 255,
    ]);
    const image: PngImage = {
      kind: 'palette',
      width: 37,
      height: 21,
      data: pattern(37 * 21, colors),
      palette,
    };
    await asFile(await encodePng(image), (file) => {
      const seen = gdalPng(file);
      assert.ok(seen.pixels.equals(Buffer.from(image.data)), `${colors} colours`);
      assert.deepEqual(seen.colors?.slice(0, colors), palette);
    });
  }
});

test('few colours make small files', async () => {
  const data = pattern(256 * 256, 16);
  const palette = Array.from({ length: 256 }, (_, i): Rgba => [i, i, i, 255]);
  const few = await encodePng({
    kind: 'palette',
    width: 256,
    height: 256,
    data,
    palette: palette.slice(0, 16),
  });
  const many = await encodePng({ kind: 'palette', width: 256, height: 256, data, palette });
  assert.ok(few.length < many.length);
  assert.equal(few[24], 4, 'bits a pixel');
});

test('an index without a colour and wrong lengths are refused', async () => {
  const palette: Rgba[] = [[0, 0, 0, 0]];
  await assert.rejects(
    encodePng({ kind: 'palette', width: 2, height: 1, data: Uint8Array.of(0, 1), palette }),
    /png index 1 at 1, 0 has no colour/,
  );
  await assert.rejects(
    encodePng({ kind: 'rgb', width: 2, height: 1, data: new Uint8Array(5) }),
    /got 5 values, expected 6/,
  );
  await assert.rejects(
    encodePng({ kind: 'palette', width: 1, height: 1, data: new Uint8Array(1), palette: [] }),
    /0 colours/,
  );
});
