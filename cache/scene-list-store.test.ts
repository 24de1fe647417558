import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GeoCropError } from '../engine/errors.js';
import { scenesDigest } from '../engine/scenes/scene-list.js';
import type { Scene, SceneList } from '../engine/scenes/scene.js';
import { MemoryObjectStore } from './memory-store.js';
import { sceneListKey, SceneListStore } from './scene-list-store.js';

const scene: Scene = {
  id: 'S2A_T36KTB_20211230',
  collection: 's2_l2a_c1',
  datetime: '2021-12-30T08:00:00Z',
  date: '2021-12-30',
  cloudCover: 3,
  baseline: 5.1,
  epsg: 32736,
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [30, -18],
        [31, -18],
        [31, -17],
        [30, -18],
      ],
    ],
  },
  assets: { red: { href: 'https://example.org/red.tif', nodata: 0 } },
  reflectance: { scale: 0.0001, offset: -0.1, reason: 'profile', checkedRedMedian: 0.05 },
};
const list: SceneList = {
  profile: 's2_l2a_c1',
  season: 'summer',
  year: 2021,
  metatile: { z: 12, x: 2389, y: 2271 },
  scenes: [scene],
  leftOut: [{ id: 'z', reason: '80 % cloud', code: 'cloudy' }],
  lookedUpAt: '2024-01-01T00:00:00.000Z',
  digest: scenesDigest([scene]),
};
const KEY = 'scenes/s2_l2a_c1/summer-2021/12/2389/2271.json';

test('a scene list is read back as it was written, and a newer one replaces it', async () => {
  const lists = new SceneListStore(new MemoryObjectStore());
  assert.equal(await lists.read(list), undefined);
  await lists.write(list);
  assert.deepEqual(await lists.read(list), list);
  const newer: SceneList = {
    ...list,
    scenes: [],
    digest: scenesDigest([]),
    lookedUpAt: '2024-02-01T00:00:00.000Z',
  };
  await lists.write(newer);
  assert.deepEqual(await lists.read(list), newer);
  assert.equal(sceneListKey(list), KEY);
});

test('a damaged list, or one of another place, is reported and looked up again', async () => {
  const good = JSON.stringify(list);
  for (const bad of [
    '',
    '{"profile": ',
    'null',
    good.replace('S2A_T36KTB', 'S2B_T36KTB'),
    good.replace('"year":2021', '"year":2020'),
    JSON.stringify({ ...list, metatile: { z: 12, x: 1, y: 2 } }),
  ]) {
    const store = new MemoryObjectStore();
    const damage: GeoCropError[] = [];
    const lists = new SceneListStore(store, { onDamage: (error) => damage.push(error) });
    await store.put('geocrop-results', KEY, Buffer.from(bad));
    assert.equal(await lists.read(list), undefined, bad);
    assert.deepEqual(
      damage.map((error) => error.code),
      ['store-corrupt'],
      bad,
    );
    await lists.write(list);
    assert.deepEqual(await lists.read(list), list);
  }
});

test('a list that is not finished is not stored', async () => {
  const lists = new SceneListStore(new MemoryObjectStore());
  const unchecked = [{ id: 'a', code: 'source-unavailable', reason: '503' }] as const;
  await assert.rejects(lists.write({ ...list, unchecked }), /got 1 unchecked scenes/);
  assert.equal(await lists.read(list), undefined);
});
