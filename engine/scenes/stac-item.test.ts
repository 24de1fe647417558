import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isItem, readItem, type StacItem } from './stac-item.js';
import { itemJson } from './testing/items.js';

const DATA = '../shared/data/stac';
const HERE = 'https://example.org/catalogue/item.json';

function read(change: Parameters<typeof itemJson>[1] = {}, location = HERE): StacItem {
  const item = readItem(itemJson('one', change), location);
  assert.ok(isItem(item), JSON.stringify(item));
  return item;
}

test('times: UTC without a zone, moved to UTC with one, start_datetime without a datetime', () => {
  const time = (properties: Record<string, unknown>) => read({ properties });
  assert.equal(time({ datetime: '2021-11-05T23:30:00' }).datetime, '2021-11-05T23:30:00.000Z');
  assert.equal(time({ datetime: '2021-11-05T23:30:00-02:00' }).date, '2021-11-06');
  assert.equal(time({ datetime: '2021-11-05T08:01:02.657000Z' }).date, '2021-11-05');
  assert.equal(time({ datetime: null, start_datetime: '2021-12-01T00:00:00Z' }).date, '2021-12-01');
});

test('what an item leaves out: no cloud, baseline 0, no projection', () => {
  const item = read({
    properties: { 'eo:cloud_cover': null, 's2:processing_baseline': undefined, 'proj:epsg': null },
  });
  assert.deepEqual([item.cloudCover, item.baseline, item.epsg], [0, 0, null]);
  assert.equal(read({ properties: { 'proj:epsg': null, 'proj:code': 'EPSG:32736' } }).epsg, 32736);
});

test('hrefs become absolute against the document; a document of the network reaches no file', () => {
  const hrefs = (location: string, href: string) =>
    read({ assets: { red: { href } } }, location).assets.map((asset) => asset.href);
  assert.deepEqual(hrefs(HERE, '../B04.tif'), ['https://example.org/B04.tif']);
  assert.deepEqual(hrefs(HERE, 's3://bucket/B04.tif'), ['s3://bucket/B04.tif']);
  assert.deepEqual(hrefs('file:///data/a/item.json', 'B04.tif'), ['file:///data/a/B04.tif']);
  assert.deepEqual(hrefs('file:///data/a/item.json', '/other/B04.tif'), ['file:///other/B04.tif']);
  assert.deepEqual(hrefs('s3://bucket/a/item.json', 'B04.tif'), ['s3://bucket/a/B04.tif']);
  assert.deepEqual(hrefs(HERE, 'file:///etc/passwd'), []);
  assert.deepEqual(hrefs(HERE, 'ftp://example.org/B04.tif'), []);
  assert.deepEqual(hrefs('file:///data/a/item.json', 'file:///data/B04.tif'), ['file:///data/B04.tif']);
});

test('an item from an API resolves hrefs against its self link', () => {
  const json = itemJson('one', {
    assets: { red: { href: 'B04.tif' } },
    links: [{ rel: 'self', href: 'https://data.example.org/items/one.json' }],
  });
  const item = readItem(json, 'https://example.org/search', true);
  assert.ok(isItem(item));
  assert.equal(item.assets[0]?.href, 'https://data.example.org/items/B04.tif');
});

test('STAC 1.1: bands, nodata, scale and offset of the asset itself', () => {
  const [asset] = read({
    assets: {
      B04_10m: {
        href: 'a.tif',
        bands: [{ name: 'B04', 'eo:common_name': 'red' }],
        nodata: 0,
        'raster:scale': 0.0001,
        'raster:offset': -0.1,
        'proj:code': 'EPSG:32636',
      },
    },
  }).assets;
  assert.deepEqual(
    [asset?.bandName, asset?.commonName, asset?.nodata, asset?.scale, asset?.offset, asset?.epsg],
    ['B04', 'red', 0, 0.0001, -0.1, 32636],
  );
});

test('what is no item is named and never thrown', () => {
  const bad: [unknown, RegExp][] = [
    [null, /no.* id/],
    [[], /id/],
    ['item', /id/],
    [{}, /id/],
    [{ id: 'x' }, /properties/],
    [itemJson('x', { properties: { datetime: null } }), /datetime/],
    [itemJson('x', { properties: { datetime: 'yesterday' } }), /datetime/],
    [itemJson('x', { geometry: null }), /geometry/],
    [itemJson('x', { geometry: { type: 'Point', coordinates: [1, 2] } }), /Point/],
    [itemJson('x', { assets: null }), /assets/],
  ];
  for (const [value, reason] of bad) {
    const out = readItem(value, HERE);
    assert.ok(!isItem(out));
    assert.equal(out.code, 'malformed');
    assert.match(out.reason, reason);
  }
});

/** [file, collection, date, cloud, baseline, epsg]: as the files say, by their own fields. */
const real: [string, string, string, number, number, number][] = [
  ['deafrica/S2B_T37MGP_20240710T073012_L2A_C1.json', 's2_l2a_c1', '2024-07-10', 83.505428, 5.1, 32737],
  [
    'deafrica/S2B_35QKG_20230603_0_L2A.source-item.json',
    'sentinel-s2-l2a-cogs',
    '2023-06-03',
    0,
    5.09,
    32635,
  ],
  ['deafrica/gm_s2_semiannual_lowres_2017-07--P6M.stac-item.json', '', '2017-07-01', 0, 0, 6933],
  ['element84/S2A_31NBJ_20190524_0_L2A.v0.json', 'sentinel-s2-l2a-cogs', '2019-05-24', 0, 0, 32631],
  [
    'element84/S2B_20EPT_20250731_0_L2A.sentinel-2-l2a.json',
    'sentinel-2-l2a',
    '2025-07-31',
    26.02542,
    5.11,
    32720,
  ],
  [
    'element84/openeo_processes_dask_s2_l2a_test_item.json',
    'sentinel-2-l2a',
    '2023-06-02',
    31.735489,
    5.09,
    32632,
  ],
  ['cdse/issue1043-api-proj-code.FeatureCollection.json', 'sentinel-2-l2a', '2020-03-22', 87.94, 5, 32636],
  [
    'odc_stac/S2B_MSIL2A_20190629T212529_R043_T06VVN_20201006T080531.json',
    'sentinel-2-l2a',
    '2019-06-29',
    0.314306,
    2.12,
    32606,
  ],
  [
    'odc_stac/site1-20200606-tall-strip-africa.geojson',
    'sentinel-2-l2a',
    '2020-06-06',
    0.973945,
    2.12,
    32735,
  ],
  [
    'odc_stac/ga_ls8c_ard_3-1-0_088080_2020-05-25_final.stac-item.json',
    '',
    '2020-05-25',
    42.42102985910952,
    0,
    32656,
  ],
];

test('real items of every catalogue', (t) => {
  if (!existsSync(DATA)) return t.skip('needs ../shared/data');
  for (const [file, ...expected] of real) {
    const json = JSON.parse(readFileSync(join(DATA, file), 'utf8')) as { features?: unknown[] };
    const item = readItem(json.features?.[0] ?? json, `file:///${file}`);
    assert.ok(isItem(item), `${file}: ${JSON.stringify(item)}`);
    assert.deepEqual([item.collection, item.date, item.cloudCover, item.baseline, item.epsg], expected, file);
    assert.ok(item.assets.every((asset) => /^(https?|s3|file):/.test(asset.href)));
  }
});
