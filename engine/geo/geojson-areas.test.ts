import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import { isGeoCropError } from '../errors.js';
import { polygonProblem, polygonsOfGeoJson } from './geojson-areas.js';

const box = (x: number, y: number, side: number): Position[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const polygon = (...coordinates: Position[][]): Polygon => ({ type: 'Polygon', coordinates });
const feature = (geometry: unknown): unknown => ({ type: 'Feature', properties: null, geometry });
const refused = (document: unknown, pattern: RegExp, most = 100): void => {
  assert.throws(
    () => polygonsOfGeoJson(document, most),
    (error) => isGeoCropError(error, 'bad-request', 'area-too-large') && pattern.test(error.message),
  );
};

describe('polygons of a GeoJSON document', () => {
  const one = polygon(box(30, -18, 0.1));
  const two = polygon(box(31, -18, 0.1), box(31.02, -17.98, 0.01));

  test('of a geometry, a feature, a collection of them', () => {
    const multi = { type: 'MultiPolygon', coordinates: [one.coordinates, two.coordinates] };
    assert.deepEqual(polygonsOfGeoJson(one, 100), [one]);
    assert.deepEqual(polygonsOfGeoJson(feature(two), 100), [two]);
    assert.deepEqual(polygonsOfGeoJson(multi, 100), [one, two]);
    const collection = { type: 'FeatureCollection', features: [feature(one), feature(multi)] };
    assert.deepEqual(polygonsOfGeoJson(collection, 100), [one, one, two]);
    assert.deepEqual(polygonsOfGeoJson({ type: 'GeometryCollection', geometries: [two, one] }, 100), [
      two,
      one,
    ]);
  });

  test('what is wrong is said, with the feature', () => {
    refused(null, /^The geometry is not a GeoJSON geometry/);
    refused([], /^The geometry/);
    refused({ type: 'FeatureCollection' }, /no list of features/);
    refused({ type: 'FeatureCollection', features: [] }, /no polygon/);
    refused(feature(null), /not a GeoJSON geometry/);
    const line = {
      type: 'LineString',
      coordinates: [
        [30, -18],
        [31, -18],
      ],
    };
    refused(
      { type: 'FeatureCollection', features: [feature(one), feature(line)] },
      /^Feature 2 is a LineString/,
    );
    refused(
      polygon([
        [30, -18],
        [31, -18],
        [30, -18],
      ]),
      /3 positions/,
    );
    refused(polygon(box(30, -18, 0.1).slice(0, 4)), /last position/);
    refused(polygon(box(-17.5, 300, 0.1)), /not a longitude and latitude/);
    refused(two, /more than 9 vertices/, 9);
    let deep: unknown = one;
    for (let i = 0; i < 9; i += 1) deep = { type: 'GeometryCollection', geometries: [deep] };
    refused(deep, /collection in collections/);
  });
});

describe('a polygon’s outline', () => {
  test('may wind either way, have holes, and touch itself', () => {
    assert.equal(polygonProblem(polygon(box(0, 0, 1))), null);
    assert.equal(polygonProblem(polygon(box(0, 0, 1).reverse())), null);
    assert.equal(
      polygonProblem(polygon(box(0, 0, 1), box(0.2, 0.2, 0.1).reverse(), box(0.5, 0.5, 0.5))),
      null,
    );
  });

  test('may not cross itself, nor have a hole elsewhere: said with the place', () => {
    const bow = [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
      [0, 0],
    ];
    assert.match(polygonProblem(polygon(bow)) ?? '', /crosses itself at 1, 1/);
    assert.match(
      polygonProblem(polygon(box(0, 0, 1), box(0.2, 0.2, 0.1), box(5, 5, 1))) ?? '',
      /hole \(ring 3\)/,
    );
  });
});
