import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MultiPolygon, Polygon } from 'geojson';
import { areaBounds, areaContains, areaMeetsBox, boxArea } from './polygon.js';

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
