import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restrictSceneList } from './restrict-scene-list.js';
import { BANDS, type Band, type Scene, type SceneList } from './scene.js';
import { scenesDigest } from './scene-list.js';

function scene(id: string, bands: readonly Band[]): Scene {
  return {
    id,
    collection: 'test',
    datetime: '2021-10-01T08:00:00Z',
    date: '2021-10-01',
    cloudCover: 0,
    baseline: 5,
    epsg: 32736,
    geometry: { type: 'Polygon', coordinates: [] },
    assets: Object.fromEntries(bands.map((band) => [band, { href: `file:///${id}/${band}.tif` }])),
    reflectance: { scale: 0.0001, offset: 0, reason: 'test', checkedRedMedian: null },
  };
}

const scenes = [scene('all', BANDS), scene('rgb', ['blue', 'green', 'red']), scene('broken', BANDS)];
const list: SceneList = {
  profile: 'test',
  season: 'summer',
  year: 2021,
  metatile: { z: 12, x: 1, y: 2 },
  scenes,
  leftOut: [{ id: 'cloudy', code: 'cloudy', reason: '90 %' }],
  lookedUpAt: '2022-07-01T00:00:00Z',
  digest: scenesDigest(scenes),
};

test('an item that lacks an asset of the band set is left out and named; so is one in quarantine', () => {
  const restricted = restrictSceneList(list, ['red', 'nir'], new Map([['broken', 'red: truncated']]));
  assert.deepEqual(
    restricted.scenes.map(({ id }) => id),
    ['all'],
  );
  assert.deepEqual(restricted.leftOut, [
    { id: 'cloudy', code: 'cloudy', reason: '90 %' },
    { id: 'rgb', code: 'lacks-asset', reason: 'the item has no nir' },
    { id: 'broken', code: 'quarantined', reason: 'red: truncated' },
  ]);
});

test('the digest is over what is left', () => {
  assert.equal(restrictSceneList(list, ['red']).digest, list.digest);
  const fewer = restrictSceneList(list, ['nir']);
  assert.equal(fewer.digest, scenesDigest(fewer.scenes));
  assert.notEqual(fewer.digest, list.digest);
});
