import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bandAssets } from './band-assets.js';
import { profileOf } from './profiles.js';
import type { LeftOutScene, Scene } from './scene.js';
import { BANDS } from './scene.js';
import { sceneOf } from './scene-of-item.js';
import { isItem, readItem } from './stac-item.js';
import { itemJson } from './testing/items.js';

const DATA = '../shared/data';
const EVERYTHING = [...BANDS, 'scl'] as const;

function scene(
  json: unknown,
  required: Parameters<typeof sceneOf>[1],
  apiUrl?: string,
): Scene | LeftOutScene {
  const item = readItem(json, 'file:///catalogue/item.json');
  assert.ok(isItem(item), JSON.stringify(item));
  return sceneOf(item, required, apiUrl);
}

function realScene(file: string, apiUrl?: string): Scene | LeftOutScene {
  const json = JSON.parse(readFileSync(join(DATA, file), 'utf8')) as { features?: unknown[] };
  return scene(json.features?.[0] ?? json, EVERYTHING, apiUrl);
}

/** [file, scale, offset, reason, file of the red band]. */
const offsets: [string, number, RegExp, RegExp][] = [
  ['stac/deafrica/S2B_T37MGP_20240710T073012_L2A_C1.json', -0.1, /s2_l2a_c1/, /^s3:.*B04\.tif$/],
  ['stac/deafrica/RECONSTRUCTED_search_get_page1.json', 0, /s2_l2a /, /^s3:.*B04\.tif$/],
  [
    'stac/element84/S2B_20EPT_20250731_0_L2A.sentinel-2-l2a.json',
    0,
    /boa_offset_applied is true/,
    /B04\.tif$/,
  ],
  [
    'stac/element84/openeo_processes_dask_s2_l2a_test_item.json',
    0,
    /boa_offset_applied is true/,
    /B04\.tif$/,
  ],
  ['stac/odc_tools/S2A_28QCH_20200714_0_L2A.json', 0, /not true.*states offset 0/, /B04\.tif$/],
  [
    'stac/element84/S2B_T20EPT_20250731T131905_L2A.sentinel-2-c1-l2a.json',
    -0.1,
    /c1-l2a.*-0\.1/,
    /B04\.tif$/,
  ],
  [
    'stac/odc_stac/S2B_MSIL2A_20190629T212529_R043_T06VVN_20201006T080531.json',
    0,
    /baseline 2\.12/,
    /B04_10m\.tif$/,
  ],
  ['stac/odc_stac/site1-20200606-tall-strip-africa.geojson', 0, /baseline 2\.12/, /B04_10m\.tif$/],
  ['stac/element84/S2A_31NBJ_20190524_0_L2A.v0.json', 0, /no rule.*states no offset/, /B04\.tif$/],
  ['stac/odc_tools/S2A_17SPR_20221106_0_L2A.json', 0, /no rule.*states no offset/, /B04\.tif$/],
];
test('real items: every band has its file, and the offset is as decided', (t) => {
  if (!existsSync(DATA)) return t.skip('needs ../shared/data');
  for (const [file, offset, reason, red] of offsets) {
    const read = realScene(file);
    assert.ok('reflectance' in read, `${file}: ${JSON.stringify(read)}`);
    assert.deepEqual([read.reflectance.scale, read.reflectance.offset], [0.0001, offset], file);
    assert.match(read.reflectance.reason, reason);
    assert.deepEqual(Object.keys(read.assets).sort(), [...EVERYTHING].sort());
    assert.match(read.assets.red?.href ?? '', red);
  }
});

test('the ten scenes state an offset that is not applied', (t) => {
  if (!existsSync(DATA)) return t.skip('needs ../shared/data');
  const name = 'S2A_33TWL_20230815_0_L2A';
  const file = join(DATA, 'sentinel2/scenes_33TWL_33TWM_2023-08', name, `${name}.json`);
  const read = scene(JSON.parse(readFileSync(file, 'utf8')), ['blue', 'green', 'red', 'nir', 'scl']);
  assert.ok('reflectance' in read);
  assert.deepEqual(read.reflectance, {
    scale: 0.0001,
    offset: 0,
    reason: 'earthsearch:boa_offset_applied is true',
    checkedRedMedian: null,
  });
});

test('what cannot be used is left out with what it lacks: JPEG 2000, Landsat, an unknown projection', (t) => {
  if (!existsSync(DATA)) return t.skip('needs ../shared/data');
  const expected: [string, LeftOutScene['code'], RegExp][] = [
    [
      'stac/cdse/issue1043-api-proj-code.FeatureCollection.json',
      'unsupported',
      /blue, green.* are no GeoTIFF/,
    ],
    ['stac/odc_stac/LC08_L2SP_028030_20200114_20200824_02_T1_SR.json', 'lacks-asset', /rededge1, nir, scl/],
    ['stac/deafrica/gm_s2_semiannual_lowres_2017-07--P6M.stac-item.json', 'lacks-asset', /scl/],
    ['stac/element84/S2B_20EPT_20250731_0_L1C.sentinel-2-l1c.json', 'unsupported', /GeoTIFF/],
  ];
  for (const [file, code, reason] of expected) {
    const read = realScene(file);
    assert.ok('code' in read, file);
    assert.equal(read.code, code, `${file}: ${read.reason}`);
    assert.match(read.reason, reason);
  }
  const albers = scene(itemJson('albers', { properties: { 'proj:epsg': 6933 } }), ['red']);
  assert.ok('code' in albers && albers.code === 'unsupported' && /EPSG:6933/.test(albers.reason));
});

test('collections of one name are told apart by the API, or by the item', () => {
  const name = (apiUrl?: string) => profileOf('sentinel-2-l2a', apiUrl).name;
  assert.equal(name('https://earth-search.aws.element84.com/v1'), 'earthsearch-sentinel-2-l2a');
  assert.equal(
    name('https://planetarycomputer.microsoft.com/api/stac/v1'),
    'planetarycomputer-sentinel-2-l2a',
  );
  assert.equal(name('https://stac.dataspace.copernicus.eu/v1'), 'stac');
  assert.equal(name(), 'stac');
});

test('Planetary Computer: the offset begins with baseline 04.00', () => {
  const offset = (baseline: string) => {
    const json = itemJson('x', {
      collection: 'sentinel-2-l2a',
      properties: { 's2:processing_baseline': baseline },
    });
    const read = scene(json, ['red'], 'https://planetarycomputer.microsoft.com/api/stac/v1');
    return 'reflectance' in read ? read.reflectance.offset : NaN;
  };
  assert.deepEqual(['02.12', '03.01', '04.00', '05.10'].map(offset), [0, 0, -0.1, -0.1]);
});

test('Earth Search without the offset taken off: the item decides', () => {
  const json = itemJson('x', {
    collection: 'sentinel-2-l2a',
    properties: { 'earthsearch:boa_offset_applied': false },
    assets: { red: { href: 'B04.tif', 'raster:bands': [{ scale: 0.0001, offset: -0.1 }] } },
  });
  const read = scene(json, ['red']);
  assert.ok('reflectance' in read && read.reflectance.offset === -0.1);
});

test('bands that state different offsets cannot be decided for', () => {
  const stated = (offset: number) => ({ href: 'a.tif', 'raster:bands': [{ scale: 0.0001, offset }] });
  const read = scene(itemJson('x', { assets: { red: stated(0), nir: stated(-0.1) } }), ['red', 'nir']);
  assert.ok('code' in read && read.code === 'unsupported' && /for nir/.test(read.reason));
});

test('a band is found by key, name or common name; pictures and other sensors are not', () => {
  const find = (assets: Record<string, unknown>) => {
    const item = readItem(itemJson('x', { assets }), 'https://example.org/x.json');
    assert.ok(isItem(item));
    return bandAssets(item.assets).found;
  };
  const tiff = 'image/tiff; application=geotiff';
  assert.equal(find({ b4: { href: 'x.tif', 'eo:bands': [{ name: 'B04' }] } }).red?.key, 'b4');
  assert.equal(find({ layer: { href: 'x.tif', bands: [{ 'eo:common_name': 'nir' }] } }).nir?.key, 'layer');
  assert.equal(find({ BAND_08: { href: 'x.tif' } }).nir?.key, 'BAND_08');
  assert.equal(find({ B05: { href: 'x.tif', 'eo:bands': [{ common_name: 'nir08' }] } }).rededge1, undefined);
  assert.equal(
    find({ B05: { href: 'x.tif', 'eo:bands': [{ common_name: 'rededge' }] } }).rededge1?.key,
    'B05',
  );
  const three = [{ name: 'red' }, { name: 'green' }, { name: 'blue' }];
  assert.deepEqual(find({ rgb: { href: 'x.tif', 'eo:bands': three } }), {});
  assert.deepEqual(find({ red: { href: 'x.tif', roles: ['thumbnail'] } }), {});
  const both = find({
    'red-jp2': { href: 'x.jp2', 'eo:bands': [{ name: 'red' }] },
    red: { href: 'x.tif', type: tiff },
  });
  assert.equal(both.red?.key, 'red');
  const sizes = find({
    coarse: { href: 'a.tif', gsd: 60, bands: [{ name: 'B11' }] },
    fine: { href: 'b.tif', gsd: 20, bands: [{ name: 'B11' }] },
  });
  assert.equal(sizes.swir16?.key, 'fine');
});
