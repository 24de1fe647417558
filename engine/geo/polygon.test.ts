import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MultiPolygon, Polygon } from 'geojson';
import { isGeoCropError } from '../errors.js';
import { areaProblem, checkArea } from './check-geometry.js';
import { poleOfInaccessibility } from './pole.js';
import { areaBounds, areaContains, areaMeetsBox, boxArea } from './polygon.js';
import { groundDistance } from './ground.js';

const ringed: Polygon = {
  type: 'Polygon',
  coordinates: [boxArea([0, 0, 10, 10]).coordinates[0] ?? [], boxArea([2, 2, 8, 8]).coordinates[0] ?? []],
};

test('points in areas, with holes and several polygons', () => {
  assert.equal(areaContains(ringed, 1, 5), true);
  assert.equal(areaContains(ringed, 5, 5), false);
  assert.equal(areaContains(ringed, 11, 5), false);
  const both: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: [ringed.coordinates, boxArea([20, 0, 21, 1]).coordinates],
  };
  assert.equal(areaContains(both, 20.5, 0.5), true);
  assert.deepEqual(areaBounds(both), [0, 0, 21, 10]);
});

test('a point on a shared border belongs to exactly one of the two areas', () => {
  const west = boxArea([0, 0, 1, 1]);
  const east = boxArea([1, 0, 2, 1]);
  const north = boxArea([0, 1, 1, 2]);
  assert.equal(Number(areaContains(west, 1, 0.5)) + Number(areaContains(east, 1, 0.5)), 1);
  assert.equal(Number(areaContains(west, 0.5, 1)) + Number(areaContains(north, 0.5, 1)), 1);
});

test('areas and boxes: apart, crossing without a corner inside, box inside, area inside, in the hole', () => {
  assert.equal(areaMeetsBox(ringed, [11, 11, 12, 12]), false);
  assert.equal(areaMeetsBox(ringed, [-1, 4, 11, 5]), true);
  assert.equal(areaMeetsBox(ringed, [0.5, 0.5, 1.5, 1.5]), true);
  assert.equal(areaMeetsBox(ringed, [-5, -5, 15, 15]), true);
  assert.equal(areaMeetsBox(ringed, [3, 3, 7, 7]), false);
  assert.equal(areaMeetsBox(ringed, [10, 10, 11, 11]), true, 'a corner in common');
  const slope: Polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [10, 10],
        [0, 10],
        [0, 0],
      ],
    ],
  };
  assert.equal(areaMeetsBox(slope, [6, 1, 9, 4]), false, 'the boxes meet, the area does not');
});

test('what is no area is refused with the reason', () => {
  const refused: [unknown, RegExp][] = [
    [null, /not a GeoJSON geometry/],
    [{ type: 'Point', coordinates: [0, 0] }, /is a Point/],
    [{ type: 'Polygon', coordinates: [] }, /no coordinates/],
    [{ type: 'MultiPolygon', coordinates: [[]] }, /without rings/],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      /3 positions/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
          ],
        ],
      },
      /last position/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            ['1', 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      /not two numbers/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [5e5, 8e6],
            [6e5, 8e6],
            [6e5, 9e6],
            [5e5, 8e6],
          ],
        ],
      },
      /not a longitude/,
    ],
  ];
  for (const [value, message] of refused) {
    assert.match(areaProblem(value) ?? '', message);
    assert.throws(
      () => checkArea(value, 'Field 3'),
      (error) => isGeoCropError(error, 'bad-request') && error.message.startsWith('Field 3 '),
    );
  }
  assert.equal(checkArea(ringed), ringed);
});

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
