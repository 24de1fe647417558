import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { isGeoCropError } from '../../engine/errors.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import type { Raster } from '../../engine/raster.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import { COLORMAPS, NODATA_INDEX, RAMP_STEPS, rampColors, rampIndex } from './colormap.js';
import { emptyRaster } from './empty-raster.js';
import { featureStyle } from './feature-style.js';
import { describeLegend } from './legend.js';
import { paint } from './paint.js';
import { pendingTile } from './pending-tile.js';
import { renderTile } from './render-tile.js';
import { resolveStyle } from './style.js';

const one = { bands: 1, width: 2, height: 2 };
const layer = (name: string, kind: LayerInfo['kind']): LayerInfo => ({ name, kind, title: name });

describe('painting', () => {
  it('gives each class its colour, and nodata none', () => {
    const raster: Raster = { ...one, data: Uint8Array.of(0, 1, 2, 255), nodata: 255 };
    const image = paint(raster, { kind: 'palette', colors: ['#010203', '#a0b0c0', '#ffffff'] });
    assert.ok(image.kind === 'palette');
    assert.deepEqual(
      [...image.data].map((index) => image.palette[index]),
      [
        [1, 2, 3, 255],
        [160, 176, 192, 255],
        [255, 255, 255, 255],
        [0, 0, 0, 0],
      ],
    );
  });

  it('refuses a class that the legend does not have', () => {
    const raster: Raster = { ...one, data: Uint8Array.of(0, 7, 0, 0), nodata: 255 };
    assert.throws(() => paint(raster, { kind: 'palette', colors: ['#000000'] }), /class 7 at pixel 1/);
  });

  it('runs a ramp from the lowest to the highest value, NaN transparent', () => {
    const raster: Raster = { ...one, data: Float32Array.of(-5, 0.5, 2, NaN), nodata: NaN };
    const image = paint(raster, { kind: 'ramp', colormap: 'viridis', min: 0, max: 1, unit: null });
    assert.ok(image.kind === 'palette');
    assert.deepEqual([...image.data], [0, 127, RAMP_STEPS - 1, NODATA_INDEX]);
    assert.deepEqual(image.palette[0], [0x44, 0x01, 0x54, 255]);
    assert.deepEqual(image.palette[RAMP_STEPS - 1], [0xfd, 0xe7, 0x25, 255]);
    assert.deepEqual(image.palette[NODATA_INDEX], [0, 0, 0, 0]);
  });

  it('takes 255 as no confidence, but as a number of observations', () => {
    const data = Uint8Array.of(0, 50, 100, 255);
    const style = { kind: 'ramp', colormap: 'viridis', min: 0, max: 100, unit: null } as const;
    assert.equal(paint({ ...one, data, nodata: 255 }, style).data[3], NODATA_INDEX);
    assert.equal(paint({ ...one, data, nodata: null }, style).data[3], RAMP_STEPS - 1);
  });

  it('interleaves true colour, with its mask as alpha where there is a hole', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24);
    const mask = Uint8Array.of(255, 0, 255, 255);
    const holed = paint({ ...one, bands: 3, data, nodata: null, mask }, { kind: 'rgb' });
    assert.equal(holed.kind, 'rgba');
    assert.deepEqual([...holed.data], [1, 11, 21, 255, 0, 0, 0, 0, 3, 13, 23, 255, 4, 14, 24, 255]);
    const whole = paint({ ...one, bands: 3, data, nodata: null, mask: mask.fill(255) }, { kind: 'rgb' });
    assert.equal(whole.kind, 'rgb');
    assert.deepEqual([...whole.data.subarray(0, 6)], [1, 11, 21, 2, 12, 22]);
  });
});

describe('ramps', () => {
  it('have their 255 colours, all of them', () => {
    for (const name of COLORMAPS) {
      const colors = rampColors(name);
      assert.equal(colors.length, RAMP_STEPS);
      assert.ok(colors.every((color) => /^#[0-9a-f]{6}$/.test(color)));
    }
  });

  it('never fall as values rise', () => {
    let before = 0;
    for (let value = -1; value <= 2; value += 0.001) {
      const index = rampIndex(value, 0, 1);
      assert.ok(index >= before && index < RAMP_STEPS);
      before = index;
    }
    assert.equal(before, RAMP_STEPS - 1);
  });
});

describe('styles', () => {
  it('know every feature', () => {
    for (const name of FEATURE_ORDER_V1) {
      const { min, max, unit } = featureStyle(name);
      assert.ok(min < max, name);
      if (/_(sos|pos|eos|los)$/.test(name)) assert.equal(unit, 'days', name);
      if (/_median$/.test(name)) assert.equal(unit, 'reflectance', name);
    }
  });

  it('take what was asked for in place of their defaults', () => {
    const ndvi = layer('ndvi_peak', 'feature');
    const plain = resolveStyle(ndvi, {}, []);
    assert.deepEqual(resolveStyle(ndvi, { rescale: '-0.2,0.9', colormap: 'RdYlGn' }, []), plain);
    assert.deepEqual(resolveStyle(ndvi, { rescale: ' 0 , 1 ', colormap: 'magma' }, []), {
      kind: 'ramp',
      colormap: 'magma',
      min: 0,
      max: 1,
      unit: null,
    });
  });
});

describe('legends', () => {
  it('have stops that lie on the picture’s ramp', () => {
    const info = layer('confidence', 'percent');
    const style = resolveStyle(info, {}, []);
    const { stops = [] } = describeLegend(info, style, { season: 's', year: 2021, model: 'm' }, [], '');
    for (const { value, color } of stops) {
      assert.equal(color, rampColors('viridis')[rampIndex(value, 0, 100)]);
    }
  });
});

describe('tiles', () => {
  const tile = { z: 14, x: 9557, y: 9068 };
  const kinds: readonly LayerInfo[] = [
    layer('classes', 'classes'),
    layer('confidence', 'percent'),
    layer('observations', 'count'),
    layer('truecolor', 'rgb'),
    layer('ndvi_peak', 'feature'),
  ];

  it('without anything in them have every format, and no visible pixel but the count of nothing', async () => {
    for (const info of kinds) {
      const style = resolveStyle(info, {}, ['#ff0000']);
      const raster = emptyRaster(info, 256);
      for (const format of ['png', 'tif', 'npy'] as const) {
        const { body } = await renderTile(raster, {
          layer: info,
          tile,
          format,
          style,
          classNames: ['maize'],
        });
        assert.ok(body.byteLength > 0, `${info.name}.${format}`);
      }
      const image = paint(raster, style);
      if (image.kind === 'palette' && info.kind !== 'count') {
        assert.ok(
          image.data.every((index) => image.palette[index]?.[3] === 0),
          info.name,
        );
      }
      if (image.kind === 'rgba') assert.ok(image.data.every((value) => value === 0));
    }
  });

  it('of many bands are numbers only', async () => {
    const raster: Raster = {
      data: new Uint8Array(2 * 65536),
      bands: 2,
      width: 256,
      height: 256,
      nodata: 255,
    };
    const info = layer('probabilities', 'percent');
    const style = resolveStyle(info, {}, []);
    await renderTile(raster, { layer: info, tile, format: 'npy', style });
    await assert.rejects(renderTile(raster, { layer: info, tile, format: 'png', style }), (error) =>
      isGeoCropError(error, 'bad-request'),
    );
  });

  it('that are being computed show a hatch that runs on into the next', async () => {
    for (const scale of [1, 2] as const) {
      const side = 256 * scale;
      const rows = indicesOf(Buffer.from((await pendingTile(scale)).body), side);
      for (let at = 0; at < side; at++) {
        // One pixel to the right is what lies one pixel below: across the edge too, since the period divides the tile.
        assert.equal(rows[at]?.[side - 1], rows[(at + side - 1) % side]?.[0]);
      }
      assert.ok(new Set(rows[0]).size > 1);
    }
  });
});

/** Of a palette PNG of 4 bits without filters, as ours are. */
function indicesOf(png: Buffer, side: number): number[][] {
  const at = png.indexOf('IDAT');
  const data = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const stride = 1 + side / 2;
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_pixel, x) => {
      const byte = data[y * stride + 1 + (x >> 1)] as number;
      return x % 2 === 0 ? byte >> 4 : byte & 15;
    }),
  );
}
