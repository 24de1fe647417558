import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contains,
  graticuleStep,
  metresPerPixel,
  placeName,
  placeOf,
  scaleBar,
  tileBounds,
  tilePosition,
} from './tile-math.js';

test('a place comes back from its position in any grid', () => {
  for (const z of [0, 6, 14, 22]) {
    const [lon, lat] = placeOf(...tilePosition(30.0254, -18.9312, z), z);
    assert.ok(Math.abs(lon - 30.0254) < 1e-9 && Math.abs(lat + 18.9312) < 1e-9);
  }
});

test('the tile grid: the equator and Greenwich meet in the middle, north is up', () => {
  assert.deepEqual(tilePosition(0, 0, 1), [1, 1]);
  const [west, south, east, north] = tileBounds({ z: 1, x: 0, y: 0 });
  assert.deepEqual([west, east], [-180, 0]);
  assert.ok(Math.abs(south) < 1e-9);
  assert.ok(Math.abs(north - 85.0511287798) < 1e-9);
});

test('a native tile lies in its metatile and in itself, not in the next one', () => {
  const metatile = { z: 12, x: 2389, y: 2254 };
  assert.ok(contains(metatile, { z: 14, x: 9556, y: 9016 }));
  assert.ok(contains(metatile, { z: 14, x: 9559, y: 9019 }));
  assert.ok(!contains(metatile, { z: 14, x: 9560, y: 9019 }));
  assert.ok(contains(metatile, metatile));
  assert.ok(!contains({ z: 14, x: 9556, y: 9016 }, metatile));
});

test('zoom 14 at 19° S has pixels of 9.03 m', () => {
  assert.equal(metresPerPixel(-19, 14).toFixed(2), '9.03');
});

test('the scale bar is round and fits', () => {
  for (let zoom = 6; zoom <= 18; zoom += 0.37) {
    const bar = scaleBar(-19, zoom, 110);
    assert.match(bar.label, /^(1|2|5)0* k?m$/);
    assert.ok(bar.pixels <= 110 && bar.pixels > 40, `${bar.pixels} at zoom ${zoom}`);
  }
});

test('the graticule has a handful of lines across', () => {
  assert.equal(graticuleStep(10), 2);
  assert.equal(graticuleStep(0.12), 0.05);
});

test('places are named as people write them', () => {
  assert.equal(placeName(30.0254, -18.9312), '18.93120° S, 30.02540° E');
});
