import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tileBoundsMercator } from '../geo/tile-matrix.js';
import type { Raster } from '../raster.js';
import { asFile, gdalPixels, gdalView, withoutGdal } from './gdal-oracle.js';
import { halve } from './overviews.js';
import { encodeProduct, productKind, productReducer } from './products.js';
import { encodeTileTif } from './tile-tif.js';

const CLASSES = ['maize', 'tobacco', 'water'];
const PALETTE = ['#e6c229', '#8a5a00', '#0000ff'];
const METATILE = { z: 12, x: 2389, y: 2271 };

/** A metatile's worth of each product: stripes, an empty corner, and numbers that are all different. */
function sample(name: string, size: number): Raster {
  const pixels = size * size;
  const empty = (i: number): boolean => i % size < size / 3 && i < pixels / 3;
  const bytes = (bands: number, value: (i: number) => number): Uint8Array =>
    Uint8Array.from({ length: bands * pixels }, (_, i) => (empty(i % pixels) ? 255 : value(i)));
  const shape = { width: size, height: size };
  switch (productKind(name)) {
    case 'classes':
    case 'baseline':
      return { ...shape, bands: 1, nodata: 255, data: bytes(1, (i) => Math.floor((i % 91) / 31)) };
    case 'confidence':
      return { ...shape, bands: 1, nodata: 255, data: bytes(1, (i) => i % 101) };
    case 'observations':
      return { ...shape, bands: 1, nodata: null, data: bytes(1, (i) => i % 30) };
    case 'probabilities':
      return { ...shape, bands: 3, nodata: 255, data: bytes(3, (i) => i % 97) };
    case 'truecolor': {
      const mask = Uint8Array.from({ length: pixels }, (_, i) => (empty(i) ? 0 : 255));
      return { ...shape, bands: 3, nodata: null, data: bytes(3, (i) => i % 251), mask };
    }
    case 'feature': {
      const data = Float32Array.from({ length: pixels }, (_, i) => (empty(i) ? NaN : Math.sin(i / 999)));
      return { ...shape, bands: 1, nodata: NaN, data };
    }
  }
}

const bytesOf = (raster: Raster): Buffer =>
  Buffer.from(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength);

for (const name of [
  'classes',
  'confidence',
  'observations',
  'truecolor',
  'probabilities',
  'dw_baseline',
  'ndvi_peak',
]) {
  test(
    `${name}: a valid COG on the XYZ grid, z13 and z12 as its overviews`,
    { skip: withoutGdal },
    async () => {
      const raster = sample(name, 1024);
      const product = await encodeProduct(name, raster, {
        window: { zoom: 14, px0: METATILE.x * 1024, py0: METATILE.y * 1024 },
        classes: CLASSES,
        palette: PALETTE,
      });
      const aside = product.auxXml === undefined ? {} : { '.aux.xml': product.auxXml };
      await asFile(
        product.tif,
        (file) => {
          const view = gdalView(file);
          assert.deepEqual([...view.errors, ...view.warnings], []);
          assert.equal(view.epsg, '3857');
          const [west, south, east, north] = tileBoundsMercator(METATILE);
          const [c, a, , f, , e] = view.transform as [number, number, number, number, number, number];
          for (const [got, expected] of [
            [c, west],
            [f, north],
            [c + 1024 * a, east],
            [f + 1024 * e, south],
          ] as const) {
            assert.ok(Math.abs(got - expected) < 1e-6, `${got} is not ${expected}`);
          }
          const band = view.bands[0];
          assert.deepEqual(band?.overviews, [
            [512, 512],
            [256, 256],
          ]);
          assert.deepEqual(band?.block, [256, 256]);
          assert.equal(band?.nodata, Number.isNaN(raster.nodata) ? 'nan' : raster.nodata);
          let level = raster;
          for (const at of [0, 1, 2]) {
            if (at > 0) level = halve(level, productReducer(productKind(name)));
            assert.ok(gdalPixels(file, at).equals(bytesOf(level)), `level ${at}`);
            if (level.mask)
              assert.ok(gdalPixels(file, at, 'mask').equals(Buffer.from(level.mask)), `mask ${at}`);
          }
          if (product.auxXml !== undefined) {
            assert.deepEqual(band?.categories, CLASSES);
            assert.equal(band?.metadata['CLASS_2'], 'water');
            assert.deepEqual(band?.colors?.[0], [0xe6, 0xc2, 0x29, 255]);
          }
          if (name === 'probabilities')
            assert.deepEqual(
              view.bands.map((some) => some.description),
              CLASSES,
            );
        },
        aside,
      );
    },
  );

  test(`${name}: a tile is a GeoTIFF of its own`, { skip: withoutGdal }, async () => {
    for (const size of [256, 512]) {
      const raster = sample(name, size);
      const tile = { z: 14, x: 9557, y: 9085 };
      const tif = await encodeTileTif(name, raster, tile, { classes: CLASSES, palette: PALETTE });
      await asFile(tif, (file) => {
        const view = gdalView(file);
        assert.deepEqual(view.errors, []);
        const [west, , east, north] = tileBoundsMercator(tile);
        const [c, a, , f] = view.transform as [number, number, number, number];
        for (const [got, expected] of [
          [c, west],
          [f, north],
          [c + size * a, east],
        ] as const) {
          assert.ok(Math.abs(got - expected) < 1e-6, `${got} is not ${expected}`);
        }
        assert.ok(gdalPixels(file, 0).equals(bytesOf(raster)));
        if (raster.mask) assert.ok(gdalPixels(file, 0, 'mask').equals(Buffer.from(raster.mask)));
      });
    }
  });
}

test('a large picture has overviews until one block holds it', { skip: withoutGdal }, async () => {
  const classes: Raster = {
    ...sample('classes', 1),
    width: 1300,
    height: 700,
    data: new Uint8Array(1300 * 700).fill(2),
  };
  const { tif } = await encodeProduct('classes', classes, { window: { zoom: 14, px0: 5, py0: 7 } });
  await asFile(tif, (file) => {
    const view = gdalView(file);
    assert.deepEqual([...view.errors, ...view.warnings], []);
    assert.deepEqual(view.bands[0]?.overviews, [
      [650, 350],
      [325, 175],
      [163, 88],
    ]);
  });
});

test('a raster of another type than the product is refused', async () => {
  const options = { window: { zoom: 14, px0: 0, py0: 0 } };
  const classes = sample('classes', 4);
  await assert.rejects(encodeProduct('ndvi_peak', classes, options), /expected float32/);
  await assert.rejects(encodeProduct('truecolor', classes, options), /got 1 bands, expected 3/);
  await assert.rejects(
    encodeProduct('confidence', { ...classes, nodata: 0 }, options),
    /got nodata 0, expected 255/,
  );
  await assert.rejects(
    encodeProduct('classes', { ...classes, mask: new Uint8Array(16) }, options),
    /got a mask/,
  );
});
