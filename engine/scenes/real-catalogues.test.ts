import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { lonLatToPixel, METATILE_SIZE } from '../geo/tile-matrix.js';
import type { SeasonDefinition } from '../season.js';
import { SUMMER, WINTER, seasonWindow } from '../season.js';
import { openSceneSource } from './open-scene-source.js';
import { asRecord } from './plain.js';
import type { SceneList } from './scene.js';
import { buildSceneList } from './scene-list.js';
import { FakeTimers } from './testing/fake-timers.js';
import { sendJson, serve } from './testing/http-server.js';

const DATA = '../shared/data';

async function listAt(
  stac: string,
  [definition, year]: readonly [SeasonDefinition, number],
  [lon, lat]: readonly [number, number],
  collection?: string,
): Promise<SceneList> {
  const options = collection === undefined ? {} : { collection };
  const source = await openSceneSource({ stac, fetch, timers: new FakeTimers(), ...options });
  const assets = await source.assets();
  const { x, y } = lonLatToPixel(14, lon, lat);
  return buildSceneList({
    source,
    season: seasonWindow(definition, year),
    metatile: { z: 12, x: Math.floor(x / METATILE_SIZE), y: Math.floor(y / METATILE_SIZE) },
    bandSet: assets.flatMap((asset) => (asset === 'scl' ? [] : [asset])),
    withScl: assets.includes('scl'),
    now: new Date('2024-01-01T00:00:00Z'),
  });
}

function needsData(t: TestContext): boolean {
  if (existsSync(DATA)) return false;
  t.skip('needs ../shared/data');
  return true;
}

test('the ten scenes: both MGRS tiles where they overlap, cloudy ones named, one where they do not', async (t) => {
  if (needsData(t)) return;
  const folder = join(DATA, 'sentinel2/scenes_33TWL_33TWM_2023-08');
  const both = await listAt(folder, [WINTER, 2023], [15.6, 46.02]);
  assert.deepEqual(
    both.scenes.map(({ id }) => id),
    [
      'S2B_33TWL_20230813',
      'S2B_33TWM_20230813',
      'S2A_33TWL_20230815',
      'S2A_33TWM_20230815',
      'S2A_33TWL_20230818',
      'S2A_33TWM_20230818',
      'S2B_33TWL_20230820',
      'S2B_33TWM_20230820',
    ].map((id) => `${id}_0_L2A`),
  );
  assert.deepEqual(
    both.leftOut.map(({ id, code }) => [id, code]),
    [
      ['S2B_33TWL_20230810_0_L2A', 'cloudy'],
      ['S2B_33TWM_20230810_0_L2A', 'cloudy'],
    ],
  );
  assert.ok(both.scenes.every(({ reflectance }) => reflectance.offset === 0));
  const south = await listAt(folder, [WINTER, 2023], [15.6, 45.4]);
  assert.ok(south.scenes.length > 0 && south.scenes.every(({ id }) => id.includes('33TWL')));
  assert.equal((await listAt(folder, [SUMMER, 2022], [15.6, 46.02])).scenes.length, 0);
});

test('a season of composites without SCL, and one with SCL and cloud', async (t) => {
  if (needsData(t)) return;
  const monthly = join(DATA, 'sentinel2/season_monthly_be_2020-11_2021-10');
  const composites = await listAt(monthly, [SUMMER, 2020], [5.325, 50.633]);
  assert.equal(composites.scenes.length, 7, 'November to May');
  assert.deepEqual(composites.required, ['blue', 'green', 'red', 'rededge1', 'nir', 'swir16', 'swir22']);
  assert.ok(composites.scenes.every(({ assets }) => assets.red?.nodata === 65535));
  const masked = await listAt(
    join(DATA, 'sentinel2/season_scl_be_2022-11_2023-02'),
    [SUMMER, 2022],
    [5.056, 51.2186],
  );
  assert.equal(masked.scenes.length + masked.leftOut.length, 20);
  assert.ok(masked.leftOut.every(({ code }) => code === 'cloudy'));
  assert.ok(masked.required?.includes('scl'));
});

test('Planetary Computer over EPSG:32735: a recorded collection of items is a catalogue', async (t) => {
  if (needsData(t)) return;
  const file = join(DATA, 'stac/odc_stac/site2-2020_jun_jul-35MNM.geojson');
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as {
    features: { properties: Record<string, number>; bbox: [number, number, number, number] }[];
  };
  const [west, south, east, north] = features[0]?.bbox ?? [0, 0, 0, 0];
  const list = await listAt(file, [WINTER, 2020], [(west + east) / 2, (south + north) / 2]);
  const clear = features.filter(({ properties }) => (properties['eo:cloud_cover'] ?? 0) <= 60);
  assert.equal(list.scenes.length + list.leftOut.length, features.length);
  assert.equal(list.scenes.length, clear.length);
  for (const scene of list.scenes) {
    assert.deepEqual([scene.epsg, scene.reflectance.offset], [32735, 0]);
    assert.match(scene.reflectance.reason, /Planetary Computer/);
  }
});

test('DE Africa, searched through its API: landing page, pages, items and offset', async (t) => {
  if (needsData(t)) return;
  const item = JSON.parse(
    readFileSync(join(DATA, 'stac/deafrica/S2B_T37MGP_20240710T073012_L2A_C1.json'), 'utf8'),
  ) as { properties: object; bbox: [number, number, number, number] };
  const copy = (id: string) => ({ ...item, id, properties: { ...item.properties, 'eo:cloud_cover': 20 } });
  const server = await serve(t, ({ path, body }, response, url) => {
    if (path === '/stac') {
      const links = ['GET', 'POST'].map((method) => ({ rel: 'search', method, href: `${url}/stac/search` }));
      return sendJson(response, { type: 'Catalog', id: 'odc-explorer', links });
    }
    const second = asRecord(body)?.['_o'] === 2;
    const next = { rel: 'next', method: 'POST', merge: true, href: `${url}/stac/search`, body: { _o: 2 } };
    sendJson(response, {
      type: 'FeatureCollection',
      features: second ? [copy('b'), copy('c')] : [item, copy('b')],
      links: second ? [] : [next],
    });
  });
  const [west, south, east, north] = item.bbox;
  const list = await listAt(
    `${server.url}/stac`,
    [WINTER, 2024],
    [(west + east) / 2, (south + north) / 2],
    's2_l2a_c1',
  );
  assert.equal(list.profile, 'deafrica-s2_l2a_c1');
  assert.deepEqual(
    list.scenes.map(({ id }) => id),
    ['b', 'c'],
  );
  assert.deepEqual(
    list.leftOut.map(({ code }) => code),
    ['cloudy'],
  );
  assert.deepEqual(list.scenes[0]?.reflectance.offset, -0.1);
  assert.match(list.scenes[0]?.assets.scl?.href ?? '', /^s3:\/\/deafrica-sentinel-2-l2a-c1/);
  assert.equal(server.seen.length, 3);
});
