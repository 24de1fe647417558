import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureCollection } from 'geojson';
import { Districts } from './districts.js';

const square = (west: number, south: number, size: number): number[][] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];
const FILE: FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { id: 3, shapeName: 'Mazowe' },
      geometry: { type: 'Polygon', coordinates: [square(30, -18, 1), square(30.4, -17.6, 0.2)] },
    },
    {
      type: 'Feature',
      properties: { NAME: 'Goromonzi' },
      geometry: { type: 'MultiPolygon', coordinates: [[square(31, -18, 1)], [square(33, -18, 1)]] },
    },
    { type: 'Feature', properties: { name: 'A town' }, geometry: { type: 'Point', coordinates: [30, -18] } },
    { type: 'Feature', properties: null, geometry: { type: 'Polygon', coordinates: [square(40, -18, 1)] } },
  ],
};

test('a place is in the district that holds it; a hole is outside', () => {
  const districts = new Districts(FILE);
  assert.equal(districts.nameAt(30.1, -17.1), 'Mazowe');
  assert.equal(districts.nameAt(30.5, -17.5), '');
  assert.equal(districts.nameAt(31.5, -17.5), 'Goromonzi');
  assert.equal(districts.nameAt(33.5, -17.5), 'Goromonzi');
  assert.equal(districts.nameAt(32.5, -17.5), '');
  assert.equal(districts.nameAt(40.5, -17.5), '', 'an area without a name');
});

test('every ring is a line; points are none', () => {
  assert.equal(new Districts(FILE).rings.length, 5);
});
