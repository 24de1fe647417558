import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import {
  MERCATOR_HALF_WIDTH,
  METATILE_SIZE,
  checkTile,
  lonLatToPixel,
  metatileOf,
  pixelCentreLonLat,
  tileBoundsLonLat,
  tileBoundsMercator,
} from './tile-matrix.js';

test('a tile out of range is refused with the range', () => {
  assert.deepEqual(checkTile(2, 3, 0), { z: 2, x: 3, y: 0 });
  const refused: [number, number, number, RegExp][] = [
    [19, 0, 0, /0 to 18/],
    [-1, 0, 0, /0 to 18/],
    [1.5, 0, 0, /0 to 18/],
    [2, 4, 0, /x = 4 .* 0 to 3/],
    [2, 0, -1, /y = -1 .* 0 to 3/],
    [2, NaN, 0, /0 to 3/],
  ];
  for (const [z, x, y, message] of refused) {
    assert.throws(
      () => checkTile(z, x, y),
      (error) => isGeoCropError(error, 'bad-request') && message.test(error.message),
    );
  }
});

test('a metatile holds its 16 native tiles and what lies below them', () => {
  assert.equal(METATILE_SIZE, 1024);
  assert.deepEqual(metatileOf({ z: 14, x: 9567, y: 9047 }), { z: 12, x: 2391, y: 2261 });
  assert.deepEqual(metatileOf({ z: 12, x: 2391, y: 2261 }), { z: 12, x: 2391, y: 2261 });
  assert.deepEqual(metatileOf({ z: 18, x: 153087, y: 144767 }), { z: 12, x: 2391, y: 2261 });
  assert.throws(() => metatileOf({ z: 11, x: 0, y: 0 }), /got 11/);
});

test('bounds of tiles', () => {
  assert.deepEqual(tileBoundsMercator({ z: 1, x: 1, y: 1 }), [
    0,
    -MERCATOR_HALF_WIDTH,
    MERCATOR_HALF_WIDTH,
    0,
  ]);
  const [west, south, east, north] = tileBoundsLonLat({ z: 0, x: 0, y: 0 });
  assert.deepEqual([west, east], [-180, 180]);
  assert.ok(Math.abs(north - 85.0511287798066) < 1e-12 && Math.abs(south + 85.0511287798066) < 1e-12);
});

test('the pixel that contains a point: its centre is that pixel, its edge the eastern and southern one', () => {
  for (const [px, py] of [
    [0, 0],
    [2446123, 2318456],
    [4194303, 4194303],
  ] as const) {
    assert.deepEqual(lonLatToPixel(14, ...pixelCentreLonLat(14, px, py)), { x: px, y: py });
  }
  assert.deepEqual(lonLatToPixel(1, 0, 0), { x: 256, y: 256 });
  assert.deepEqual(lonLatToPixel(0, 180, -85.05), { x: 255, y: 255 });
  for (const [lon, lat] of [
    [181, 0],
    [0, 86],
    [NaN, 0],
  ] as const) {
    assert.throws(
      () => lonLatToPixel(14, lon, lat),
      (error) => isGeoCropError(error, 'bad-request'),
    );
  }
});
