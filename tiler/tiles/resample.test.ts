import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METATILE_SIZE } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { atZoom, cropRaster, enlarge, joinQuad, nativeParent } from './resample.js';

const small = (): Raster => ({
  data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  bands: 2,
  width: 2,
  height: 2,
  nodata: 255,
  mask: Uint8Array.of(255, 0, 255, 0),
});

test('a tile of zoom 15 to 18 is a part of one native tile, and the parts of one zoom fill it', () => {
  for (const z of [15, 16, 17, 18]) {
    const across = 2 ** (z - 14);
    const { parent, rect } = nativeParent({ z, x: 9 * across + across - 1, y: 5 * across });
    assert.deepEqual(parent, { z: 14, x: 9, y: 5 });
    assert.deepEqual(rect, { x: 256 - 256 / across, y: 0, width: 256 / across, height: 256 / across });
  }
});

test('enlarged, each pixel is a square of itself, in each band and in the mask', () => {
  const large = enlarge(small(), 2);
  assert.deepEqual([large.width, large.height], [4, 4]);
  for (let band = 0; band < 2; band += 1) {
    for (let i = 0; i < 16; i += 1) {
      const from = (i >> 3) * 2 + ((i % 4) >> 1);
      assert.equal(large.data[band * 16 + i], small().data[band * 4 + from]);
      assert.equal(large.mask?.[i], small().mask?.[from]);
    }
  }
});

test('four tiles joined give each back when they are cut out', () => {
  const quad = [0, 1, 2, 3].map((n) => ({ ...small(), data: small().data.map((v) => v + 10 * n) }));
  const joined = joinQuad(quad as [Raster, Raster, Raster, Raster]);
  quad.forEach((tile, place) => {
    const rect = { x: 2 * (place % 2), y: 2 * (place >> 1), width: 2, height: 2 };
    assert.deepEqual(cropRaster(joined, rect), tile);
  });
});

test('of a whole metatile, zoom 13 and 12 show the mode of the classes', () => {
  // Columns of 0 0 0 1: in each 2 × 2 square the mode, ties to the lowest id.
  const data = Uint8Array.from({ length: METATILE_SIZE ** 2 }, (_, i) => (i % METATILE_SIZE >= 768 ? 1 : 0));
  const whole: Raster = { data, bands: 1, width: METATILE_SIZE, height: METATILE_SIZE, nodata: 255 };
  const left = atZoom(whole, 'classes', { z: 13, x: 8, y: 4 });
  const right = atZoom(whole, 'classes', { z: 13, x: 9, y: 4 });
  const all = atZoom(whole, 'classes', { z: 12, x: 4, y: 2 });
  for (const tile of [left, right, all]) assert.deepEqual([tile.width, tile.height], [256, 256]);
  assert.ok(left.data.every((value) => value === 0));
  assert.deepEqual([right.data[127], right.data[128]], [0, 1]);
  assert.deepEqual([all.data[191], all.data[192]], [0, 1]);
  const native = { ...whole, width: 256, height: 256, data: data.slice(0, 65_536) };
  assert.equal(atZoom(native, 'classes', { z: 14, x: 0, y: 0 }), native);
});
