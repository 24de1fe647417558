import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BaselineTiles } from '../../tiles/baseline-tiles.js';
import { testApp } from '../testing.js';

const baselines: BaselineTiles = {
  years: async () => [{ year: 2020, digest: 'd', lastModified: new Date('2024-01-01T00:00:00Z') }],
  tile: async () => null,
};

describe('TileJSON', () => {
  const { get, service } = testApp({}, { baselines });
  const layers = [...service.layers(service.resolveMap({})).map(({ name }) => name), 'dynamic_world'];

  for (const layer of layers) {
    it(`of ${layer} keeps to 3.0.0, and its tiles and its legend are there`, async () => {
      const document = (await (await get(`/tilejson.json?layer=${layer}`)).json()) as Record<string, unknown>;
      assert.equal(document['tilejson'], '3.0.0');
      for (const name of ['name', 'description', 'attribution', 'legend', 'version', 'scheme']) {
        assert.equal(typeof document[name], 'string', name);
      }
      // Section 3.18: a semantic version.
      assert.match(String(document['version']), /^\d+\.\d+\.\d+$/);
      assert.equal(document['scheme'], 'xyz');
      const [west = NaN, south = NaN, east = NaN, north = NaN] = document['bounds'] as number[];
      assert.ok(west >= -180 && west < east && east <= 180 && south >= -90 && south < north && north <= 90);
      const [lon = NaN, lat = NaN, zoom = NaN] = document['center'] as number[];
      const [min, max] = [Number(document['minzoom']), Number(document['maxzoom'])];
      assert.ok(lon >= west && lon <= east && lat >= south && lat <= north && zoom >= min && zoom <= max);
      assert.ok(Number.isInteger(min) && Number.isInteger(max) && min <= max && max <= 30);
      const [template = ''] = document['tiles'] as string[];
      const tile = template.replace('{z}', '14').replace('{x}', '9557').replace('{y}', '9068');
      const answer = await get(tile);
      assert.deepEqual([answer.status, answer.headers.get('Content-Type')], [200, 'image/png']);
      const picture = /src="([^"]+)"/.exec(String(document['legend']))?.[1]?.replaceAll('&amp;', '&') ?? '';
      const legend = await get(picture);
      assert.deepEqual([legend.status, legend.headers.get('Content-Type')], [200, 'image/png']);
    });
  }

  it('credits Dynamic World where it is shown', async () => {
    const document = (await (await get('/tilejson.json?layer=dynamic_world')).json()) as Record<
      string,
      unknown
    >;
    assert.match(String(document['attribution']), /Dynamic World Project/);
    assert.match(String(document['attribution']), /Contains modified Copernicus Sentinel data/);
    assert.equal((await get('/tilejson.json?layer=dynamic_world&year=1999')).status, 404);
  });
});
