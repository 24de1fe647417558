import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createByteSource } from './byte-source/create-byte-source.js';
import type { CogHeader } from './cog-header.js';
import { CogReader } from './cog-reader.js';
import { gdalChecksum } from './gdal-checksum.js';
import { readLevel } from './read-level.js';
import { mapStore } from './testing.js';

/** One file as GDAL 3.6 reads it. */
interface Oracle {
  readonly size: readonly [number, number];
  readonly bands: number;
  /** GDAL's order: [c, a, b, f, d, e]; null without. */
  readonly gt: readonly number[] | null;
  readonly gcps: number;
  readonly epsg: string | null;
  readonly band: readonly {
    readonly dtype: string;
    readonly nodata: number | null;
    readonly block: readonly [number, number];
    readonly ovr: readonly (readonly [number, number])[];
    /** Missing where the file was too large to compute it. */
    readonly checksum?: number;
    readonly ovr0Checksum?: number;
  }[];
}

const HALVED_COLOURS =
  'JPEG in YCbCr: this GDAL has libjpeg-turbo; engine/raster-files/rasterio-oracle.test.ts compares them';

/** Files whose pixels are not compared, and why. Headers are compared all the same. */
const PIXELS_LEFT_OUT: Readonly<Record<string, string>> = {
  'cogeotiff/be_cog.tiff': HALVED_COLOURS,
  'rio-tiler/cog_hirise_mars.tif': HALVED_COLOURS,
  'rio-tiler/cog_rgb.tif': HALVED_COLOURS,
  'cogeotiff/sparse.tiff': 'the oracle has no checksum: 20,480 × 20,480, all sparse',
  'rio-tiler/cog_world.tif': 'the oracle has no checksum: 36,000 × 18,000',
};

/** What GDAL takes from elsewhere than the file's own tags. */
const OVERVIEWS_BESIDE = [
  'rio-tiler/my-bucket/hro_sources/colorado/201404_13SED190110_201404_0x1500m_CL_1.tif',
];

const folder = resolve('../shared/data/cogs');
const oracleFile = join(folder, 'GDAL_ORACLE.json');

if (!existsSync(oracleFile)) {
  test('COGs of other projects equal GDAL', { skip: 'needs ../shared/data/cogs' }, () => undefined);
} else {
  const oracle = JSON.parse(readFileSync(oracleFile, 'utf8')) as Record<string, Oracle>;
  const reader = new CogReader({ source: createByteSource(), store: mapStore() });
  const hrefOf = (file: string): string => pathToFileURL(join(folder, file)).href;

  describe('COGs of other projects equal GDAL', () => {
    for (const [file, expected] of Object.entries(oracle)) {
      test(`header of ${file}`, async () => {
        checkHeader(file, await reader.header(hrefOf(file)), expected);
      });
      if (file in PIXELS_LEFT_OUT) continue;
      test(`pixels of ${file}`, async () => {
        await checkPixels(reader, file, hrefOf(file), expected);
      });
    }

    test('what is left out is there', () => {
      for (const file of [...Object.keys(PIXELS_LEFT_OUT), ...OVERVIEWS_BESIDE]) {
        assert.ok(file in oracle, file);
      }
    });
  });
}

function checkHeader(file: string, header: CogHeader, expected: Oracle): void {
  const [level, ...overviews] = header.levels;
  const [band] = expected.band;
  assert.ok(level !== undefined && band !== undefined);
  assert.deepEqual([level.width, level.height], expected.size);
  assert.deepEqual([level.blockWidth, level.blockHeight], band.block);
  assert.equal(header.samplesPerPixel, expected.bands);
  assert.equal(header.nodata, band.nodata);
  const t = header.transform;
  assert.deepEqual(t === null ? null : [t[2], t[0], t[1], t[5], t[3], t[4]], expected.gt);
  // With control points GDAL keeps the CRS apart, as theirs.
  if (expected.gcps === 0) {
    assert.equal(header.epsg, expected.epsg === null ? null : Number(expected.epsg));
  }
  if (!OVERVIEWS_BESIDE.includes(file)) {
    assert.deepEqual(
      overviews.map(({ width, height }) => [width, height]),
      band.ovr,
    );
  }
}

async function checkPixels(reader: CogReader, file: string, href: string, expected: Oracle): Promise<void> {
  const { data, width, height } = await readLevel(reader, href, 0);
  // GDAL 3.6 has no signed bytes: it counts them as unsigned.
  const values = data instanceof Int8Array ? new Uint8Array(data.buffer, data.byteOffset, data.length) : data;
  let compared = 0;
  for (const [i, { checksum }] of expected.band.entries()) {
    if (checksum === undefined) continue;
    assert.equal(
      gdalChecksum(values.subarray(i * width * height, (i + 1) * width * height)),
      checksum,
      `band ${i + 1}`,
    );
    compared += 1;
  }
  assert.ok(compared > 0, 'the oracle has a checksum');
  const overview = expected.band[0]?.ovr0Checksum;
  if (overview === undefined || OVERVIEWS_BESIDE.includes(file)) return;
  const reduced = await readLevel(reader, href, 1);
  assert.equal(gdalChecksum(reduced.data.subarray(0, reduced.width * reduced.height)), overview, 'overview');
}
