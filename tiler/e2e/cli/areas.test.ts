import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import { gdalView, withoutGdal } from '../../../engine/encode/gdal-oracle.js';
import { aoiBounds, circleContains } from '../../../engine/geo/aoi.js';
import { lonLatToPixel, pixelCentreLonLat, TILE_SIZE } from '../../../engine/geo/tile-matrix.js';
import { FEATURE_ORDER_V1 } from '../../../engine/pixels/feature-order.js';
import type { PointAnswer } from '../../tiles/tile-service.js';
import { npyValues } from '../stage.js';
import { geocrop, serving, type Ended, type Serving } from './geocrop-process.js';
import { CATALOGUE, testSeason } from './test-season.js';

/** A circle over 30° E, inside of one metatile. */
const AOI = { lon: 30, lat: -17.83, radius: 700 };
const POINT = { lon: 30.0021, lat: -17.8312 };

describe('classify, sample, features', () => {
  let folder: string;
  let server: Serving;
  const file = (name: string): string => join(folder, name);
  const run = (command: string, ...args: string[]): Promise<Ended> =>
    geocrop([command, '--stac', CATALOGUE, '--store', file('store'), ...args]);
  const classify = (...args: string[]): Promise<Ended> => run('classify', '--year', '2024', ...args);

  before(async () => {
    await testSeason();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-areas-'));
    const { code, err } = await classify('--aoi', Object.values(AOI).join(), '--out', file('refined.tif'));
    assert.equal(code, 0, err);
    server = await serving(['serve', '--stac', CATALOGUE, '--store', file('store'), '--port', '0']);
  });
  after(async () => {
    await server.stop('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const pixels = async (name: string): Promise<{ data: Uint8Array; width: number; height: number }> => {
    const image = await (await fromArrayBuffer(new Uint8Array(await readFile(file(name))).buffer)).getImage();
    const [data] = (await image.readRasters()) as unknown as Uint8Array[];
    return { data: data as Uint8Array, width: image.getWidth(), height: image.getHeight() };
  };
  const point = async (): Promise<PointAnswer> => {
    const response = await fetch(`${server.url}/point/${POINT.lon},${POINT.lat}?year=2024&wait=55`);
    assert.equal(response.status, 200);
    return (await response.json()) as PointAnswer;
  };

  test('the pixels of a circle are those of the tiles, nodata outside', async () => {
    const { data, width, height } = await pixels('refined.tif');
    const [west, south, east, north] = aoiBounds(AOI);
    const first = lonLatToPixel(14, west, north);
    const last = lonLatToPixel(14, east, south);
    assert.deepEqual([width, height], [last.x - first.x + 1, last.y - first.y + 1]);
    const tiles = new Map<string, Uint8Array | Float32Array>();
    const inside = { yes: 0, no: 0 };
    for (let i = 0; i < data.length; i++) {
      const x = first.x + (i % width);
      const y = first.y + Math.floor(i / width);
      if (!circleContains(AOI, ...pixelCentreLonLat(14, x, y))) {
        inside.no += 1;
        assert.equal(data[i], 255);
        continue;
      }
      inside.yes += 1;
      const tile = `${Math.floor(x / TILE_SIZE)}/${Math.floor(y / TILE_SIZE)}`;
      let values = tiles.get(tile);
      if (values === undefined) {
        values = await npyValues(await fetch(`${server.url}/tiles/14/${tile}.npy?year=2024&wait=55`));
        tiles.set(tile, values);
      }
      if (data[i] !== values[(y % TILE_SIZE) * TILE_SIZE + (x % TILE_SIZE)]) assert.fail(`pixel ${x}, ${y}`);
    }
    assert.ok(tiles.size >= 2 && inside.yes > inside.no, JSON.stringify([tiles.size, inside]));
  });

  test('GDAL finds a valid COG with names and nodata', { skip: withoutGdal }, () => {
    const { warnings, errors, epsg, bands } = gdalView(file('refined.tif'));
    assert.deepEqual([warnings, errors, epsg], [[], [], '3857']);
    assert.equal(bands[0]?.nodata, 255);
    assert.ok(bands[0].categories?.includes('maize'));
  });

  test('beside it lie the names for GDAL and a STAC item with scenes, recipe and model', async () => {
    assert.match(await readFile(file('refined.tif.aux.xml'), 'utf8'), /<Category>maize<\/Category>/);
    const item = JSON.parse(await readFile(file('refined.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(item['type'], 'Feature');
    const text = JSON.stringify(item);
    for (const named of ['./refined.tif', 'Ensemble', 'recipe', 'S2B_', '2024-09-01']) {
      assert.ok(text.includes(named), `${named} in ${text.slice(0, 1500)}`);
    }
  });

  test('a box gives the same pixels as the circle', async () => {
    const box = [29.998, -17.832, 30.002, -17.828];
    const { code, err } = await classify('--bbox', box.join(), '--out', file('box.tif'));
    assert.equal(code, 0, err);
    assert.match(err, /Classifying: 100 % \(1 of 1\)/);
    const [part, whole] = [await pixels('box.tif'), await pixels('refined.tif')];
    const [west, , , north] = aoiBounds(AOI);
    const corner = lonLatToPixel(14, west, north);
    const { x, y } = lonLatToPixel(14, 29.998, -17.828);
    for (let row = 0; row < part.height; row++) {
      const start = (y - corner.y + row) * whole.width + x - corner.x;
      assert.deepEqual(
        part.data.subarray(row * part.width, (row + 1) * part.width),
        whole.data.subarray(start, start + part.width),
      );
    }
  });

  const wrong: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ['an area outside the coverage', ['--aoi', '31.05,-17.83,500'], /outside the cover[^]*\n {2}\S/],
    ['a box outside the coverage', ['--bbox', '31,-18,31.01,-17.99'], /outside the coverage[^]*\n {2}\S/],
    ['a circle that is too large', ['--aoi', '30,-17.83,5001'], /5001 m[^]*5000/],
    ['a box turned round', ['--bbox', '30.002,-17.832,29.998,-17.828'], /West must be less than east/],
    ['a year without scenes', ['--aoi', '30,-17.83,500', '--year', '1999'], /1999/],
    ['a model that is not there', ['--aoi', '30,-17.83,500', '--model', 'Nobody'], /Nobody[^]*Ensemble/],
  ];
  for (const [what, args, says] of wrong) {
    test(`${what}: 2, and nothing is written`, async () => {
      const { code, out, err } = await classify(...args, '--out', file('wrong.tif'));
      assert.equal(code, 2, err);
      assert.equal(out, '');
      assert.match(err, says);
      assert.doesNotMatch(err, /\n\s+at /);
      await assert.rejects(stat(file('wrong.tif')));
    });
  }

  test('a folder that is not there: 2, and it is not made', async () => {
    const args = ['--aoi', Object.values(AOI).join(), '--out', file('typo/refined.tif')];
    const { code, err } = await classify(...args);
    assert.equal(code, 2, err);
    assert.match(err, /There is no folder \S+typo for \S+refined\.tif\.\n {2}Make the folder/);
    await assert.rejects(stat(file('typo')));
  });

  test('a file that is there stays, unless --overwrite', async () => {
    const before = await readFile(file('refined.tif'));
    const args = ['--aoi', Object.values(AOI).join(), '--out', file('refined.tif')];
    const { code, err } = await classify(...args);
    assert.equal(code, 2);
    assert.match(err, /refined\.tif is there already\.\n {2}Choose another name, or add --overwrite/);
    assert.equal((await classify(...args, '--overwrite')).code, 0);
    assert.deepEqual(await readFile(file('refined.tif')), before);
  });

  test('a row of sample, features and /point are one', async () => {
    const { lon, lat } = POINT;
    const d = 0.0004;
    const ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d], [lon - d, lat - d]]; // prettier-ignore
    const feature = (id: string, geometry: object): object => ({
      type: 'Feature',
      geometry,
      properties: { id, label: 'maize, or so', sown: 2024 },
    });
    const features = [
      feature('point', { type: 'Point', coordinates: [lon, lat] }),
      feature('field', { type: 'Polygon', coordinates: [ring] }),
    ];
    await writeFile(file('points.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
    const table = file('table.csv');
    const sampled = await run(
      'sample',
      ...['--points', file('points.geojson'), '--year-field', 'sown', '--out', table],
    );
    assert.equal(sampled.code, 0, sampled.err);
    assert.match(sampled.err, /table\.csv: 2 rows\./);
    const [header = '', ...rows] = (await readFile(table, 'utf8')).trimEnd().split('\n');
    const names = header.split(',');
    assert.deepEqual(names.slice(-51), [...FEATURE_ORDER_V1]);
    assert.equal(rows.length, 2);
    const answer = await point();
    const told = FEATURE_ORDER_V1.map((name) => answer.features[name]);
    for (const row of rows) {
      assert.match(row, /,"maize, or so",/);
      const cells = row.replace('"maize, or so"', 'label').split(',');
      assert.deepEqual(cells.slice(-51).map(Number), told);
      assert.equal(Number(cells[names.indexOf('n_obs')]), answer.observations);
    }
    const { code, out } = await run('features', '--year', '2024', '--point', `${lon},${lat}`);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), answer);
  });

  test('serve ends with 0 by SIGTERM', async () => {
    assert.equal((await server.stop()).code, 0);
  });

  test('an area without a pixel is no map: it is said which dates and how many were left out for cloud', async () => {
    const out = file('empty.tif');
    const given = ['--cloud-limit', '0', '--year', '2024', '--aoi', '30,-17.83,200', '--out', out];
    const { code, err } = await geocrop([
      'classify',
      '--stac',
      CATALOGUE,
      '--store',
      file('clear'),
      ...given,
    ]);
    assert.equal(code, 1);
    assert.match(err, /from 2024-09-01 to 2025-05-31: \d+ scenes were used, \d+ left out for cloud/);
    await assert.rejects(readFile(out));
  });
});
