import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circle, metresOfDegree } from './circle.js';

test('a degree has the metres of WGS 84', () => {
  // pyproj 3.7.2: Geod(ellps='WGS84').inv(29.9995, -18, 30.0005, -18)[2] * 1000, and .inv(30, -18.0005, 30, -17.9995)[2] * 1000
  const [lon, lat] = metresOfDegree(-18);
  assert.ok(Math.abs(lon - 105_904.983) < 0.1, String(lon));
  assert.ok(Math.abs(lat - 110_680.389) < 0.1, String(lat));
});

test('the polygon has the area of the circle', () => {
  const [lon, lat] = metresOfDegree(-18);
  const ring = circle([30, -18], 500).coordinates[0] ?? [];
  assert.deepEqual(ring[0], ring.at(-1));
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [x0 = 0, y0 = 0] = ring[i] ?? [];
    const [x1 = 0, y1 = 0] = ring[i + 1] ?? [];
    twice += (x0 - 30) * lon * (y1 + 18) * lat - (x1 - 30) * lon * (y0 + 18) * lat;
  }
  assert.ok(Math.abs(twice / 2 / (Math.PI * 500 ** 2) - 1) < 1e-9);
});
