import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFile, numpyLoad, withoutNumpy } from './gdal-oracle.js';
import { encodeNpy } from './npy.js';
import type { Raster } from '../raster.js';

const rasters: [Raster, string, number[]][] = [
  [
    { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), bands: 1, width: 3, height: 2, nodata: 255 },
    'uint8',
    [2, 3],
  ],
  [{ data: Uint16Array.from([1, 2000]), bands: 2, width: 1, height: 1, nodata: 0 }, 'uint16', [2, 1, 1]],
  [
    { data: Float32Array.from([0.5, NaN, -1, 7]), bands: 1, width: 2, height: 2, nodata: NaN },
    'float32',
    [2, 2],
  ],
  [
    { data: new Uint8Array(3 * 256 * 256).fill(9), bands: 3, width: 256, height: 256, nodata: null },
    'uint8',
    [3, 256, 256],
  ],
];

test('NumPy loads type, shape and values', { skip: withoutNumpy }, async () => {
  for (const [raster, type, shape] of rasters) {
    await asFile(encodeNpy(raster), (file) => {
      const seen = numpyLoad(file);
      assert.deepEqual([seen.type, seen.shape, seen.order], [type, shape, 'C']);
      const { buffer, byteOffset, byteLength } = raster.data;
      assert.ok(seen.bytes.equals(Buffer.from(buffer, byteOffset, byteLength)));
    });
  }
});

test('the data starts on a multiple of 64', () => {
  for (const [raster] of rasters) {
    const header = encodeNpy(raster).length - raster.data.byteLength;
    assert.equal(header % 64, 0);
  }
});
