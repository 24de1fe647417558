import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strings } from '../strings.js';
import { AreaFileError, areaOfFile, areaOfPolygons, geoJsonPolygons } from './area-file.js';

const RING = [
  [30, -18],
  [30.01, -18],
  [30.01, -18.01],
  [30, -18],
];
const polygon = { type: 'Polygon', coordinates: [RING] };
const says = (message: string) => (error: unknown) =>
  error instanceof AreaFileError && error.message === message;

test('polygons are found whatever they are wrapped in, and measured together', async () => {
  const feature = { type: 'Feature', properties: {}, geometry: polygon };
  const collection = {
    type: 'FeatureCollection',
    features: [
      feature,
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[RING], [RING]] } },
      { type: 'Feature', geometry: { type: 'GeometryCollection', geometries: [polygon, { type: 'Point' }] } },
      { type: 'Feature', geometry: null },
    ],
  };
  assert.deepEqual(geoJsonPolygons(JSON.stringify(polygon)), [[RING]]);
  assert.deepEqual(geoJsonPolygons(`\ufeff${JSON.stringify(feature)}`), [[RING]]);
  const { area, polygons } = await areaOfFile(new Blob([JSON.stringify(collection)]));
  assert.equal(polygons, 4);
  assert.equal(area.type, 'MultiPolygon');
});

test('open rings are closed and heights left out', () => {
  const { area } = areaOfPolygons([[RING.slice(0, 3).map(([lon = 0, lat = 0]) => [lon, lat, 1200])]]);
  assert.deepEqual(area, polygon);
});

test('what cannot be measured is said in plain words', async () => {
  const file = (content: unknown): Blob =>
    new Blob([typeof content === 'string' ? content : JSON.stringify(content)]);
  await assert.rejects(areaOfFile(file('name,area\nx,1')), says(strings.area.notJson));
  await assert.rejects(
    areaOfFile(file({ type: 'Point', coordinates: [30, -18] })),
    says(strings.area.noPolygon),
  );
  await assert.rejects(
    areaOfFile(file({ type: 'Polygon', coordinates: [[[1, 2]]] })),
    says(strings.area.noPolygon),
  );
  await assert.rejects(areaOfFile(file({ type: 'Polygon', coordinates: 'x' })), says(strings.area.noPolygon));
  const utm = [
    [290000, 8020000],
    [291000, 8020000],
    [291000, 8021000],
    [290000, 8020000],
  ];
  await assert.rejects(
    areaOfFile(file({ type: 'Polygon', coordinates: [utm] })),
    says(strings.area.projected),
  );
  await assert.rejects(
    areaOfFile(file({ ...polygon, crs: { properties: { name: 'urn:ogc:def:crs:EPSG::32735' } } })),
    says(strings.area.projected),
  );
  await assert.rejects(areaOfFile(file('x'.repeat(6 * 2 ** 20))), says(strings.area.tooLarge(5)));
});
