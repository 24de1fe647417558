import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { boxArea } from '../../engine/geo/polygon.js';
import { readAreaFile } from './area-file.js';

const AREA = boxArea([29.9, -17.6, 30.1, -17.4]);
const feature = (geometry: unknown): object => ({ type: 'Feature', properties: {}, geometry });

describe('a file of areas', () => {
  let path: string;
  before(async () => (path = join(await mkdtemp(join(tmpdir(), 'geocrop-area-')), 'area.geojson')));
  after(() => rm(join(path, '..'), { recursive: true }));

  const read = async (document: unknown): Promise<unknown> => {
    await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
    return readAreaFile(path);
  };

  test('a geometry, a feature and a collection are the same areas', async () => {
    assert.deepEqual(await read(AREA), [AREA]);
    assert.deepEqual(await read(feature(AREA)), [AREA]);
    const two = { type: 'FeatureCollection', features: [feature(AREA), feature(AREA)] };
    assert.deepEqual(await read(two), [AREA, AREA]);
  });

  const wrong: readonly (readonly [what: string, document: unknown, says: RegExp])[] = [
    ['no JSON', '{"type": "Poly', /is not JSON/],
    ['no GeoJSON', [1, 2], /the area is without a type/],
    ['null', null, /the area is not a GeoJSON geometry/],
    ['a point', { type: 'Point', coordinates: [30, -17] }, /the area is a Point; a Polygon or MultiPolygon/],
    ['no features', { type: 'FeatureCollection', features: [] }, /has no feature/],
    [
      'a feature without a geometry among others',
      { type: 'FeatureCollection', features: [feature(AREA), feature(null)] },
      /feature 2 is not a GeoJSON geometry/,
    ],
    ['metres', boxArea([3e6, 7e6, 4e6, 8e6]), /not a longitude and latitude in degrees/],
  ];
  for (const [what, document, says] of wrong) {
    test(`${what}: said with the file`, async () => {
      await assert.rejects(read(document), (error: unknown) => {
        assert.ok(isGeoCropError(error, 'bad-request'));
        assert.match(error.message, says);
        assert.ok(error.message.startsWith(path), error.message);
        return true;
      });
    });
  }

  test('a file that is not there is said with its path', async () => {
    await assert.rejects(readAreaFile(`${path}.gone`), /area\.geojson\.gone cannot be read/);
  });
});
