import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createByteSource } from './byte-source/create-byte-source.js';
import { CogReader } from './cog-reader.js';
import { fixtureHref, FIXTURES } from './fixtures/fixtures.js';
import { readLevel, readWindow } from './read-level.js';
import { mapStore } from './testing.js';

interface Expected {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly dtype: string;
        readonly bands: number;
        readonly epsg: number | null;
        readonly transform: readonly number[];
        readonly nodata: string | null;
        readonly levels: readonly {
          readonly width: number;
          readonly height: number;
          readonly sha256: string;
          readonly pixels?: string;
        }[];
      }
    >
  >;
}

/** Decoders of JPEG differ in how they round the inverse DCT. */
const JPEG_TOLERANCE = 1;

const expected = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8')) as Expected;
const reader = new CogReader({ source: createByteSource(), store: mapStore() });

describe('files made by GDAL are read as GDAL reads them', () => {
  for (const [name, file] of Object.entries(expected.files)) {
    test(name, async () => {
      const header = await reader.header(fixtureHref(name));
      assert.equal(header.dataType, file.dtype);
      assert.equal(header.samplesPerPixel, file.bands);
      assert.equal(header.epsg, file.epsg);
      assert.deepEqual(header.transform, file.transform);
      assert.equal(header.nodata, file.nodata === null ? null : Number(file.nodata));
      assert.deepEqual(
        header.levels.map(({ width, height }) => [width, height]),
        file.levels.map(({ width, height }) => [width, height]),
      );
      for (const [level, { sha256, pixels }] of file.levels.entries()) {
        const { data } = await readLevel(reader, header.href, level);
        if (pixels !== undefined) {
          const gdal = Buffer.from(pixels, 'base64');
          assert.equal(data.length, gdal.length);
          for (const [i, value] of gdal.entries())
            assert.ok(Math.abs(value - data[i]!) <= JPEG_TOLERANCE, `value ${i}`);
          continue;
        }
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256, `level ${level}`);
      }
    });
  }
});

test('a window equals the crop of its level, at every edge', async () => {
  for (const name of [
    'uint16-deflate-2.tif',
    'rgb16-band-2.tif',
    'rgb8-pixel-2.tif',
    'uint16-strips-2.tif',
  ]) {
    const header = await reader.header(fixtureHref(name));
    const full = await readLevel(reader, header.href, 0);
    const windows = [
      [0, 0, 1, 1],
      [45, 34, 1, 1],
      [15, 15, 2, 2],
      [16, 0, 16, 16],
      [7, 3, 39, 32],
      [0, 34, 46, 1],
      [3, 3, 0, 5],
    ] as const;
    for (const [x, y, width, height] of windows) {
      const part = await readWindow(reader, header, 0, { x, y, width, height });
      assert.equal(part.data.length, width * height * full.samples);
      for (let i = 0; i < part.data.length; i += 1) {
        const [band, row, col] = [
          Math.floor(i / (width * height)),
          Math.floor((i % (width * height)) / width),
          i % width,
        ];
        const there = (band * full.height + y + row) * full.width + x + col;
        assert.equal(part.data[i], full.data[there], `${name} ${x},${y} value ${i}`);
      }
    }
  }
});

test('a window outside its level is refused', async () => {
  const header = await reader.header(fixtureHref('uint16-deflate-2.tif'));
  for (const [level, x, y, width, height] of [
    [0, 40, 0, 7, 1],
    [0, -1, 0, 2, 2],
    [0, 0, 0, 1.5, 2],
    [1, 0, 0, 46, 35],
    [9, 0, 0, 1, 1],
  ] as const) {
    await assert.rejects(readWindow(reader, header, level, { x, y, width, height }), RangeError);
  }
});
