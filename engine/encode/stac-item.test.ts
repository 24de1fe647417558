import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { tileBoundsLonLat } from '../geo/tile-matrix.js';
import type { Scene, SceneList } from '../scenes/scene.js';
import { SUMMER, seasonWindow } from '../season.js';
import { asFile, pystacProblems, withoutPystac } from './gdal-oracle.js';
import type { EncodedProduct } from './products.js';
import { metatileItem, productItem, type ItemOptions } from './stac-item.js';

const scene = (id: string, date: string): Scene => ({
  id,
  collection: 's2_l2a_c1',
  datetime: `${date}T08:00:00Z`,
  date,
  cloudCover: 3,
  baseline: 5.1,
  epsg: 32735,
  geometry: { type: 'Polygon', coordinates: [] },
  assets: {},
  reflectance: { scale: 0.0001, offset: -0.1, reason: 'profile', checkedRedMedian: null },
});

const sceneList = (digest: string, scenes: readonly Scene[]): SceneList => ({
  profile: 's2_l2a_c1',
  season: 'summer',
  year: 2021,
  metatile: { z: 12, x: 2389, y: 2271 },
  scenes,
  leftOut: [{ id: 'z', reason: '80 % cloud', code: 'cloudy' }],
  lookedUpAt: '2024-01-01T00:00:00.000Z',
  digest,
});

const tif = Buffer.from('not really a picture');
const products = new Map<string, EncodedProduct>([
  ['classes', { tif, auxXml: '<PAMDataset/>' }],
  ['confidence', { tif }],
  ['observations', { tif }],
  ['truecolor', { tif }],
  ['probabilities', { tif }],
  ['ndvi_peak', { tif }],
]);

const shared = {
  season: seasonWindow(SUMMER, 2021),
  classes: { names: ['maize', 'built-up & roads'], palette: ['#e6c229', '#0a0b0c'] },
  recipe: { digest: 'abcd', engineEpoch: 1 },
  model: { name: 'Ensemble', version: '1', digest: 'ef01' },
  softwareVersion: '0.1.0',
  created: new Date('2024-01-02T03:04:05Z'),
};

const item = metatileItem({
  ...shared,
  metatile: { x: 2389, y: 2271 },
  products,
  sceneList: sceneList('d1', [scene('b', '2022-01-03'), scene('a', '2021-12-30')]),
});

/** What a reader has: undefined members are gone, NaN would be null. */
const read = JSON.parse(JSON.stringify(item)) as typeof item;

test('a metatile is a STAC item by PySTAC and its JSON schemas', { skip: withoutPystac }, async () => {
  await asFile(Buffer.from(JSON.stringify(item)), (file) => assert.deepEqual(pystacProblems(file), []));
});

test('footprint, season and scenes', () => {
  assert.deepEqual(read.bbox, [...tileBoundsLonLat({ z: 12, x: 2389, y: 2271 })]);
  assert.equal(read.properties['datetime'], null);
  assert.equal(read.properties['start_datetime'], '2021-09-01T00:00:00Z');
  assert.equal(read.properties['end_datetime'], '2022-05-31T23:59:59Z');
  assert.equal(read.properties['attribution'], 'Contains modified Copernicus Sentinel data 2021, 2022');
  assert.deepEqual(read.properties['geocrop:scenes'], {
    digests: ['d1'],
    ids: ['a', 'b'],
    newest: '2022-01-03T08:00:00Z',
    leftOut: 1,
    lookedUpAt: ['2024-01-01T00:00:00.000Z'],
  });
  assert.deepEqual(read.properties['geocrop:recipe'], shared.recipe);
  assert.deepEqual(read.properties['geocrop:model'], shared.model);
});

test('each product is an asset with its type, nodata, checksum and names', () => {
  assert.deepEqual(Object.keys(read.assets), [
    'classes',
    'classes_aux',
    'confidence',
    'observations',
    'truecolor',
    'probabilities',
    'ndvi_peak',
  ]);
  const classes = read.assets['classes'];
  assert.equal(classes?.href, './classes.tif');
  assert.equal(classes['file:size'], tif.length);
  assert.equal(classes['file:checksum'], `1220${createHash('sha256').update(tif).digest('hex')}`);
  assert.deepEqual(classes['classification:classes'], [
    { value: 0, name: 'maize', description: 'maize', color_hint: 'E6C229' },
    { value: 1, name: 'built-up_roads', description: 'built-up & roads', color_hint: '0A0B0C' },
  ]);
  assert.equal(read.assets['classes_aux']?.href, './classes.tif.aux.xml');
  assert.deepEqual(read.assets['ndvi_peak']?.['raster:bands'], [{ data_type: 'float32', nodata: 'nan' }]);
  assert.deepEqual(read.assets['observations']?.['raster:bands'], [{ data_type: 'uint8' }]);
  assert.equal((read.assets['truecolor']?.['raster:bands'] as unknown[]).length, 3);
  assert.equal((read.assets['probabilities']?.['raster:bands'] as unknown[]).length, 2);
});

test('an area of several metatiles names all scenes once', () => {
  const options: ItemOptions = {
    ...shared,
    id: 'refined',
    window: { zoom: 14, px0: 100, py0: 200, width: 30, height: 40 },
    products: [{ name: 'classes', href: './refined.tif', encoded: { tif } }],
    sceneLists: [
      sceneList('d1', [scene('a', '2021-12-30')]),
      sceneList('d2', [scene('a', '2021-12-30'), scene('c', '2022-02-01')]),
    ],
  };
  const area = productItem(options);
  assert.deepEqual(area.properties['proj:shape'], [40, 30]);
  const scenes = area.properties['geocrop:scenes'] as { ids: string[]; digests: string[] };
  assert.deepEqual(
    [scenes.ids, scenes.digests],
    [
      ['a', 'c'],
      ['d1', 'd2'],
    ],
  );
  const none = productItem({ ...options, sceneLists: [] });
  assert.equal((none.properties['geocrop:scenes'] as { newest: null }).newest, null);
});
