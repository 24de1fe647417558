import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError, isGeoCropError } from '../errors.js';
import { SUMMER, seasonWindow } from '../season.js';
import type { Json } from './plain.js';
import type { SceneListRequest } from './scene-list.js';
import { buildSceneList, metatileBox, noScenesMessage } from './scene-list.js';
import { parseSceneList } from './scene-list-json.js';
import type { SceneSource } from './scene-source.js';
import { isItem, readItem } from './stac-item.js';
import { itemJson } from './testing/items.js';

const season = seasonWindow(SUMMER, 2021);
/** At 30° E, 18° S. */
const metatile = { z: 12, x: 2389, y: 2256 } as const;
const NOW = new Date('2022-07-01T12:00:00Z');

function source(items: readonly Json[], revision: string | null = null): SceneSource {
  const read = items.map((item) => readItem(item, 'https://example.org/x/item.json'));
  return {
    profile: 'test',
    location: 'test',
    search: async () => ({
      items: read.filter(isItem),
      leftOut: read.flatMap((item) => (isItem(item) ? [] : [item])),
    }),
    areas: async () => null,
    assets: async () => ['blue', 'green', 'red', 'nir', 'scl'],
    revision: async () => revision,
  };
}

const build = (items: readonly Json[], change: Partial<SceneListRequest> = {}) =>
  buildSceneList({
    source: source(items),
    season,
    metatile,
    bandSet: ['red', 'nir'],
    withScl: true,
    now: NOW,
    ...change,
  });
const on = (datetime: string, baseline = '05.00', cloud = 10) => ({
  properties: { datetime, 's2:processing_baseline': baseline, 'eo:cloud_cover': cloud },
});
const square = (west: number, south: number, side: number) => ({
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
      ],
    ],
  },
});

test('scenes come in the order of fusion: date, higher baseline, id', async () => {
  const { scenes } = await build([
    itemJson('d', on('2021-12-01T08:00:00Z')),
    itemJson('b', on('2021-11-01T08:00:00Z', '05.00')),
    itemJson('a', on('2021-11-01T09:00:00Z', '05.00')),
    itemJson('c', on('2021-11-01T07:00:00Z', '05.09')),
    itemJson('e', on('2021-11-01T07:00:00Z', '')),
  ]);
  assert.deepEqual(
    scenes.map(({ id }) => id),
    ['c', 'a', 'b', 'e', 'd'],
  );
});

test('what is beside the season or the metatile is not mentioned; all else that is left out is named', async () => {
  const [west, south] = metatileBox(metatile);
  const list = await build([
    itemJson('first-day', on('2021-09-01T00:00:00Z')),
    itemJson('last-day', on('2022-05-31T23:59:59Z')),
    itemJson('too-early', on('2021-08-31T23:59:59Z')),
    itemJson('too-late', on('2022-06-01T00:00:00Z')),
    itemJson('elsewhere', square(10, 10, 1)),
    itemJson('touches-the-halo', square(west - 1 + 1e-6, south - 1 + 1e-6, 1)),
    itemJson('just-beside', square(west - 1 - 1e-6, south - 1, 1)),
    itemJson('at-the-limit', on('2021-11-01T00:00:00Z', '', 60)),
    itemJson('cloudy', on('2021-11-01T00:00:00Z', '', 60.1)),
    itemJson('no-red', { assets: { nir: { href: 'B08.tif' } } }),
    itemJson('no-date', { properties: { datetime: null } }),
  ]);
  assert.deepEqual(list.scenes.map(({ id }) => id).sort(), [
    'at-the-limit',
    'first-day',
    'last-day',
    'touches-the-halo',
  ]);
  assert.deepEqual(
    list.leftOut.map(({ id, code }) => [id, code]),
    [
      ['cloudy', 'cloudy'],
      ['no-date', 'malformed'],
      ['no-red', 'lacks-asset'],
    ],
  );
  assert.match(list.leftOut[2]?.reason ?? '', /red, scl/);
});

test('SCL is needed only where the collection has it', async () => {
  const items = [itemJson('x', { assets: { red: { href: 'B04.tif' }, nir: { href: 'B08.tif' } } })];
  assert.equal((await build(items)).scenes.length, 0);
  assert.equal((await build(items, { withScl: false })).scenes.length, 1);
});

test('an implausible offset leaves the scene out with its numbers; a plausible one is kept with its median', async () => {
  const list = await build([itemJson('good'), itemJson('bad')], {
    checkOffset: async (scene) =>
      scene.id === 'good' ? { median: 0.031, plausible: true } : { median: -0.061, plausible: false },
  });
  assert.deepEqual(
    list.scenes.map(({ id, reflectance }) => [id, reflectance.checkedRedMedian]),
    [['good', 0.031]],
  );
  assert.equal(list.leftOut[0]?.code, 'offset-implausible');
  assert.match(list.leftOut[0]?.reason ?? '', /-0\.061/);
});

test('a scene that cannot be read is unchecked, quarantined when told so, and the others go on', async () => {
  const items = [itemJson('good'), itemJson('dead')];
  const list = await build(items, {
    checkOffset: async ({ id }) => {
      if (id === 'dead') throw new GeoCropError('source-missing', 'B04.tif is gone');
      return { median: null, plausible: true };
    },
  });
  assert.deepEqual(list.unchecked, [{ id: 'dead', code: 'source-missing', reason: 'B04.tif is gone' }]);
  assert.deepEqual(
    list.scenes.map(({ id }) => id),
    ['good'],
  );
  const after = await build(items, { quarantined: new Map([['dead', 'B04.tif is gone (404)']]) });
  assert.equal(after.unchecked, undefined);
  assert.deepEqual(after.leftOut, [{ id: 'dead', code: 'quarantined', reason: 'B04.tif is gone (404)' }]);
});

test('checks are bounded, and stop when nobody waits; a fault of ours is thrown', async () => {
  const items = Array.from({ length: 20 }, (_, at) => itemJson(`item-${at}`));
  const controller = new AbortController();
  let begun = 0;
  const gone = build(items, {
    signal: controller.signal,
    checkOffset: (_scene, signal) => {
      begun += 1;
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new GeoCropError('aborted', 'gone')));
        if (begun === 4) controller.abort();
      });
    },
  });
  await assert.rejects(gone, (error) => isGeoCropError(error, 'aborted'));
  assert.equal(begun, 4);
  const fault = build(items, { checkOffset: () => Promise.reject(new TypeError('a fault')) });
  await assert.rejects(fault, TypeError);
});

test('the digest is over what decides pixels, whatever the order or the hour of looking', async () => {
  const items = [itemJson('a', on('2021-11-01T08:00:00Z')), itemJson('b', on('2021-12-01T08:00:00Z'))];
  const list = await build(items);
  const again = await build([...items].reverse(), { now: new Date('2023-01-01T00:00:00Z') });
  assert.equal(again.digest, list.digest);
  const cloudier = [...items, itemJson('c', on('2021-12-05T08:00:00Z', '', 99))];
  assert.equal((await build(cloudier)).digest, list.digest, 'what is left out decides nothing');
  const moved = itemJson('b', {
    ...on('2021-12-01T08:00:00Z'),
    assets: { red: { href: 'r.tif' }, nir: { href: 'n.tif' }, scl: { href: 's.tif' } },
  });
  assert.notEqual((await build([items[0] ?? {}, moved])).digest, list.digest);
  assert.notEqual((await build(items.slice(0, 1))).digest, list.digest);
});

test('a list is what it was after JSON, and a damaged one is refused', async () => {
  const list = await build([itemJson('a'), itemJson('b', on('2021-12-01T08:00:00Z', '', 90))], {
    source: source([itemJson('a')], 'a-revision'),
  });
  const json = JSON.stringify(list);
  assert.deepEqual(parseSceneList(json), list);
  assert.deepEqual(parseSceneList(new TextEncoder().encode(json)), list);
  assert.equal(list.revision, 'a-revision');
  const damaged = [
    json.slice(0, -20),
    '[]',
    '{}',
    json.replace('"z":12', '"z":11'),
    json.replace('"offset":0', '"offset":-0.1'),
    json.replace('"offset":0', '"offset":"none"'),
    json.replace(/"href":"[^"]*B04[^"]*"/, '"href":""'),
    json.replace('"Polygon"', '"Point"'),
    json.replace('"red":', '"purple":'),
    json.replace('"year":2021', '"year":null'),
  ];
  for (const text of damaged) {
    assert.notEqual(text, json);
    assert.throws(
      () => parseSceneList(text),
      (error) => isGeoCropError(error, 'store-corrupt'),
      text.slice(0, 80),
    );
  }
});

test('nothing found is a list too, and says what was looked for', async () => {
  const list = await build([
    itemJson('a', on('2021-11-01T08:00:00Z', '', 90)),
    itemJson('b', on('2021-11-06T08:00:00Z', '', 95)),
    itemJson('c', { assets: {} }),
  ]);
  assert.deepEqual(list.scenes, []);
  const message = noScenesMessage(list, season);
  assert.match(message, /2021-09-01 to 2022-05-31/);
  assert.match(message, /12\/2389\/2256/);
  assert.match(message, /2 for cloud, 1 for missing bands/);
});
