import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { readLabelledPoints } from './labelled-points.js';

const collection = (...features: unknown[]): unknown => ({ type: 'FeatureCollection', features });
const point = (coordinates: unknown, properties: Record<string, unknown> = {}): unknown => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates },
});
const refused = (pattern: RegExp) => (error: unknown) =>
  isGeoCropError(error, 'bad-request') && pattern.test(error.message);

describe('labelled points', () => {
  test('points as they are, with what their properties say', () => {
    const json = collection(
      point([30.1, -17.9], { id: 'a', label: 'maize', field: 7 }),
      point([30.2, -17.8], { class: 'water' }),
    );
    assert.deepEqual(readLabelledPoints(json, { year: 2021 }), [
      { id: 'a', lon: 30.1, lat: -17.9, label: 'maize', field: '7', year: 2021 },
      { id: '1', lon: 30.2, lat: -17.8, label: 'water', field: '1', year: 2021 },
    ]);
  });

  test('a polygon by its pole of inaccessibility, which lies inside a horseshoe where its centroid does not', () => {
    const ring = [
      [30, -18],
      [30.03, -18],
      [30.03, -17.97],
      [30.02, -17.97],
      [30.02, -17.99],
      [30.01, -17.99],
      [30.01, -17.97],
      [30, -17.97],
      [30, -18],
    ];
    const [found] = readLabelledPoints(
      collection({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }),
      { year: 2021 },
    );
    assert.ok(found !== undefined);
    const inNotch = found.lon > 30.01 && found.lon < 30.02 && found.lat > -17.99;
    assert.ok(!inNotch && found.lon > 30 && found.lon < 30.03 && found.lat > -18 && found.lat < -17.97);
  });

  test("each point's own year", () => {
    const [found] = readLabelledPoints(collection(point([30, -18], { saison: '2019' })), {
      year: { field: 'saison' },
    });
    assert.equal(found?.year, 2019);
  });

  test('what is wrong is said, with the feature', () => {
    assert.throws(() => readLabelledPoints([], { year: 2021 }), refused(/FeatureCollection/));
    assert.throws(
      () => readLabelledPoints(collection(point(['x', 1])), { year: 2021 }),
      refused(/Feature 0/),
    );
    assert.throws(
      () => readLabelledPoints(collection(point([200, 1])), { year: 2021 }),
      refused(/longitude/),
    );
    assert.throws(
      () => readLabelledPoints(collection(point([30, -18], { id: 'b' })), { year: { field: 'year' } }),
      refused(/Feature b.*"year"/),
    );
    const line = { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [] } };
    assert.throws(() => readLabelledPoints(collection(line), { year: 2021 }), refused(/Feature 0/));
  });
});
