import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError } from '../errors.js';
import { encodeCog, encodeCogChunks, type CogOptions, type CogRaster } from './cog.js';
import type { BlockSamples } from './predictor.js';
import { asFile, gdalPixels, gdalView, rasterioRun, withoutGdal, withoutRasterio } from './gdal-oracle.js';
import { bandDescriptions, categoryNamesAuxXml, classNameItems } from './gdal-metadata.js';

/** Numbers that look random and are always the same (mulberry32). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function raster(
  data: BlockSamples,
  bands: number,
  width: number,
  height: number,
  nodata: number | null,
  mask?: Uint8Array,
): CogRaster {
  const next = noise(width * 31 + height);
  for (let i = 0; i < data.length; i++) {
    const smooth = (i % width) * 13 + Math.floor(i / width) * 7;
    data[i] = data instanceof Float32Array ? Math.sin(smooth / 900) + next() / 50 : smooth + next() * 9;
  }
  return { data, bands, width, height, nodata, ...(mask === undefined ? {} : { mask }) };
}

const UTM35S = [10, 0, 300_000, 0, -10, 8_000_000] as const;
const rawBytes = (data: BlockSamples): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

async function checkAgainstGdal(options: CogOptions): Promise<void> {
  await asFile(await encodeCog(options), (file) => {
    const view = gdalView(file);
    assert.deepEqual(view.errors, []);
    assert.deepEqual(view.warnings, []);
    assert.equal(view.epsg, String(options.epsg));
    const [a, b, c, d, e, f] = options.transform;
    assert.deepEqual(view.transform, [c, a, b, f, d, e]);
    assert.equal(view.structure['LAYOUT'], 'COG');
    for (const [level, expected] of [options.raster, ...(options.overviews ?? [])].entries()) {
      assert.ok(gdalPixels(file, level).equals(rawBytes(expected.data)), `level ${level}: values differ`);
      if (expected.mask !== undefined) {
        const mask = Buffer.from(expected.mask.map((value) => (value === 0 ? 0 : 255)));
        assert.ok(gdalPixels(file, level, 'mask').equals(mask), `level ${level}: mask differs`);
      }
    }
  });
}

const cases: Record<string, CogOptions> = {
  'uint16, predictor 2, blocks of 512, edges padded': {
    raster: raster(new Uint16Array(1200 * 1100), 1, 1200, 1100, 0),
    overviews: [
      raster(new Uint16Array(600 * 550), 1, 600, 550, 0),
      raster(new Uint16Array(300 * 275), 1, 300, 275, 0),
    ],
    epsg: 32735,
    transform: UTM35S,
    blockSize: 512,
    predictor: 2,
  },
  'int16 without predictor': {
    raster: raster(new Int16Array(300 * 200), 1, 300, 200, -32768),
    epsg: 32636,
    transform: UTM35S,
  },
  'uint8, 3 bands of numbers, predictor 2': {
    raster: raster(new Uint8Array(3 * 300 * 270), 3, 300, 270, 255),
    overviews: [raster(new Uint8Array(3 * 150 * 135), 3, 150, 135, 255)],
    epsg: 3857,
    transform: UTM35S,
    predictor: 2,
  },
  'float32, 2 bands, predictor 3, NaN': {
    raster: raster(new Float32Array(2 * 520 * 300), 2, 520, 300, NaN),
    overviews: [raster(new Float32Array(2 * 260 * 150), 2, 260, 150, NaN)],
    epsg: 3857,
    transform: UTM35S,
    predictor: 3,
  },
  'float32 without predictor': {
    raster: raster(new Float32Array(256 * 256), 1, 256, 256, null),
    epsg: 3857,
    transform: UTM35S,
  },
  'rgb with mask and mask overviews': {
    raster: raster(
      new Uint8Array(3 * 700 * 600),
      3,
      700,
      600,
      null,
      new Uint8Array(700 * 600).map((_, i) => (i % 11 < 7 ? 255 : 0)),
    ),
    overviews: [
      raster(
        new Uint8Array(3 * 350 * 300),
        3,
        350,
        300,
        null,
        new Uint8Array(350 * 300).map((_, i) => (i % 5 < 3 ? 255 : 0)),
      ),
    ],
    epsg: 3857,
    transform: UTM35S,
    photometric: 'rgb',
    predictor: 2,
  },
};

for (const [name, options] of Object.entries(cases)) {
  test(`GDAL finds a valid COG with the same pixels: ${name}`, { skip: withoutGdal }, async () => {
    await checkAgainstGdal(options);
  });
}

test('classes: colour table, nodata and names show in GDAL', { skip: withoutGdal }, async () => {
  const names = ['maize', 'tobacco & "more"', 'soybean'];
  const options: CogOptions = {
    raster: raster(new Uint8Array(600 * 600), 1, 600, 600, 255),
    overviews: [raster(new Uint8Array(300 * 300), 1, 300, 300, 255)],
    epsg: 3857,
    transform: UTM35S,
    photometric: 'palette',
    colors: ['#e6c229', '#010203', '#ffffff'],
    metadata: [
      ...bandDescriptions(['classes']),
      ...classNameItems(names),
      { name: 'SOFTWARE', value: 'x<y' },
    ],
  };
  await checkAgainstGdal(options);
  await asFile(
    await encodeCog(options),
    (file) => {
      const view = gdalView(file);
      const band = view.bands[0];
      assert.ok(band);
      assert.equal(band.interpretation, 'Palette');
      assert.equal(band.nodata, 255);
      assert.equal(band.description, 'classes');
      assert.deepEqual(band.colors?.slice(0, 4), [
        [0xe6, 0xc2, 0x29, 255],
        [1, 2, 3, 255],
        [255, 255, 255, 255],
        [0, 0, 0, 255],
      ]);
      assert.equal(band.metadata['CLASS_1'], names[1]);
      assert.deepEqual(band.categories, names);
      assert.equal(view.metadata['SOFTWARE'], 'x<y');
    },
    { '.aux.xml': categoryNamesAuxXml(names) },
  );
});

test('scale, offset and descriptions of bands show in GDAL', { skip: withoutGdal }, async () => {
  const bytes = await encodeCog({
    raster: raster(new Uint16Array(2 * 16 * 16), 2, 16, 16, 0),
    epsg: 32735,
    transform: UTM35S,
    blockSize: 16,
    metadata: [
      ...bandDescriptions(['red', 'nir']),
      { name: 'SCALE', value: 0.0001, sample: 1, role: 'scale' },
      { name: 'OFFSET', value: -0.1, sample: 1, role: 'offset' },
    ],
  });
  await asFile(bytes, (file) => {
    const { bands } = gdalView(file);
    assert.deepEqual(
      bands.map((band) => band.description),
      ['red', 'nir'],
    );
    assert.equal(bands[1]?.scale, 0.0001);
    assert.equal(bands[1]?.offset, -0.1);
  });
});

test('sparse blocks read as nodata, also beside a mask', { skip: withoutGdal }, async () => {
  const width = 600;
  const data = new Uint8Array(width * width).fill(255);
  data[width * width - 1] = 4;
  const sparse: CogOptions = {
    raster: { data, bands: 1, width, height: width, nodata: 255 },
    epsg: 3857,
    transform: UTM35S,
    sparse: true,
  };
  await checkAgainstGdal(sparse).catch((error: unknown) => {
    assert.match(String(error), /include internal overviews/, 'only the missing overviews are warned of');
  });
  const half = { data: data.slice(0, 300 * 300), bands: 1, width: 300, height: 300, nodata: 255 };
  await checkAgainstGdal({ ...sparse, overviews: [half] });
  assert.ok((await encodeCog(sparse)).length < (await encodeCog({ ...sparse, sparse: false })).length);

  const rgb = new Uint8Array(3 * 300 * 300);
  const mask = new Uint8Array(300 * 300);
  rgb[299] = 9;
  mask[300 * 300 - 1] = 255;
  await checkAgainstGdal({
    raster: { data: rgb, bands: 3, width: 300, height: 300, nodata: null, mask },
    epsg: 3857,
    transform: UTM35S,
    photometric: 'rgb',
    sparse: true,
  });
});

test('rasterio reads the same pixels and mask', { skip: withoutRasterio }, async () => {
  for (const options of Object.values(cases)) {
    await asFile(await encodeCog(options), (file) => {
      const script =
        'import sys,rasterio\nsys.stdout.buffer.write(rasterio.open(sys.argv[1]).read().tobytes())';
      assert.ok(rasterioRun(script, file).equals(rawBytes(options.raster.data)));
    });
  }
});

test('the pieces are the file', async () => {
  const options = cases['int16 without predictor'] as CogOptions;
  assert.ok(Buffer.concat(await encodeCogChunks(options)).equals(Buffer.from(await encodeCog(options))));
});

test('the raster that was given is not changed', async () => {
  const options = cases['uint16, predictor 2, blocks of 512, edges padded'] as CogOptions;
  const before = options.raster.data.slice();
  await encodeCog(options);
  assert.deepEqual(options.raster.data, before);
});

test('contradicting sizes and unknown systems are refused', async () => {
  const good: CogOptions = {
    raster: raster(new Uint8Array(256 * 256), 1, 256, 256, null),
    epsg: 3857,
    transform: UTM35S,
  };
  const bad: [Partial<CogOptions>, RegExp][] = [
    [{ raster: { ...good.raster, width: 255 } }, /got 65536 values, expected 65280/],
    [{ raster: { ...good.raster, mask: new Uint8Array(3) } }, /raster mask: got 3 values/],
    [{ blockSize: 100 }, /blockSize: got 100/],
    [{ photometric: 'rgb' }, /rgb: got 1 bands/],
    [{ photometric: 'palette', colors: ['red'] }, /colour 0: got red/],
    [{ predictor: 3 }, /predictor 3 is for float32/],
    [{ transform: [10, 0, 0, 0, 10, 0] }, /north up/],
    [{ overviews: [raster(new Uint8Array(300 * 300), 1, 300, 300, null)] }, /largest first/],
  ];
  for (const [change, message] of bad) {
    await assert.rejects(encodeCog({ ...good, ...change }), (error: unknown) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, message);
      return true;
    });
  }
  await assert.rejects(encodeCog({ ...good, epsg: 4326 }), (error: unknown) => {
    assert.ok(error instanceof GeoCropError && error.code === 'unsupported-crs');
    return true;
  });
});
