import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon } from 'geojson';
import { groundDistance } from './ground.js';
import { poleOfInaccessibility } from './pole.js';
import { areaContains, boxArea } from './polygon.js';

test('the pole of inaccessibility is measured on the ground, not in degrees', () => {
  // A right angle with legs of 0.02°: in degrees its inscribed circle would touch where at 60° N it does not.
  const lat = 60;
  const field: Polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [25, lat],
        [25.02, lat],
        [25, lat + 0.02],
        [25, lat],
      ],
    ],
  };
  const [x, y] = poleOfInaccessibility(field);
  const toWest = groundDistance(x, y, 25, y);
  const toSouth = groundDistance(x, y, x, lat);
  assert.ok(Math.abs(toWest - toSouth) < 3, `${toWest} m to the west, ${toSouth} m to the south`);
  const small = boxArea([31, -18, 31.0002, -17.9998]);
  const large = boxArea([31.1, -18, 31.103, -17.997]);
  const pole = poleOfInaccessibility({
    type: 'MultiPolygon',
    coordinates: [small.coordinates, large.coordinates],
  });
  assert.ok(areaContains(large, ...pole));
});
