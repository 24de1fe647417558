import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import { gdalView, withoutGdal } from '../../../engine/encode/gdal-oracle.js';
import { areaContains, type Area } from '../../../engine/geo/polygon.js';
import {
  lonLatToPixel,
  pixelCentreLonLat,
  tileBoundsLonLat,
  type Bounds,
} from '../../../engine/geo/tile-matrix.js';
import { modelsFolder } from '../stage.js';
import { AREA, COLLECTION, FEW_SCENES, LOWER, makeWorld, UPPER, YEAR } from '../world.js';
import { WorldServer } from '../world-server.js';
import { geocrop, geocropStopped, type Ended } from './geocrop-process.js';

const [WEST, NORTH] = pixelCentreLonLat(14, AREA.left - 20, AREA.top - 20);
const [EAST, SOUTH] = pixelCentreLonLat(14, AREA.right + 20, AREA.bottom + 20);
/** All that the scenes show, in two metatiles. */
const BOX: Bounds = [WEST, SOUTH, EAST, NORTH];
const CIRCLE = [30, (NORTH + SOUTH) / 2, 900] as const;

describe('export', () => {
  let folder: string;
  let world: WorldServer;
  const file = (name: string): string => join(folder, name);
  const settings = (): string[] => [
    ...['--stac', world.stac, '--collection', COLLECTION],
    ...['--store', file('store'), '--models', file('models')],
  ];
  const run = (command: string, ...args: string[]): Promise<Ended> =>
    geocrop([command, '--year', String(YEAR), ...settings(), ...args]);
  const pixels = async (name: string): Promise<{ data: Uint8Array; width: number; height: number }> => {
    const image = await (await fromArrayBuffer(new Uint8Array(await readFile(file(name))).buffer)).getImage();
    const [data] = (await image.readRasters()) as unknown as Uint8Array[];
    return { data: data as Uint8Array, width: image.getWidth(), height: image.getHeight() };
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-export-'));
    await modelsFolder(folder);
    world = await WorldServer.start(await makeWorld(FEW_SCENES));
  });
  after(async () => {
    await world.stop();
    await rm(folder, { recursive: true });
  });

  test('nothing is archived: 1, nothing is written, and it is said how it comes to be there', async () => {
    const { code, err } = await run('export', '--bbox', BOX.join(), '--out', file('a.tif'));
    assert.equal(code, 1, err);
    assert.match(err, /Nothing of the area is archived: none of 2 metatiles/);
    assert.match(
      err,
      new RegExp(`geocrop warm --bbox \\S+ --year ${YEAR} --season summer --model trees --stac`),
    );
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('a.')),
      [],
    );
    assert.equal(world.files.length, 0, 'and nothing was computed');
  });

  test('the same pixels as classify, box and circle', async () => {
    for (const [name, ...area] of [
      ['box', '--bbox', BOX.join()],
      ['circle', '--aoi', CIRCLE.join()],
    ] as const) {
      const classified = await run('classify', ...area, '--out', file(`${name}-classified.tif`));
      assert.equal(classified.code, 0, classified.err);
      const { code, err } = await run('export', ...area, '--out', file(`${name}.tif`), '--complete');
      assert.equal(code, 0, err);
      assert.match(err, /100 % of the area: 2 of 2 metatiles are archived/);
      assert.doesNotMatch(err, /geocrop warm/);
      const [exported, expected] = [await pixels(`${name}.tif`), await pixels(`${name}-classified.tif`)];
      assert.deepEqual([exported.width, exported.height], [expected.width, expected.height]);
      assert.deepEqual(exported.data, expected.data);
      assert.ok(exported.data.some((value) => value !== 255));
    }
  });

  test('GDAL finds a valid COG with colours, names and nodata', { skip: withoutGdal }, () => {
    const [exported, classified] = [gdalView(file('box.tif')), gdalView(file('box-classified.tif'))];
    assert.deepEqual([exported.errors, exported.warnings], [[], []]);
    assert.deepEqual(exported, classified, 'as classify writes it');
    assert.ok(exported.bands[0]?.categories?.length);
  });

  test('a STAC item with scenes, model, checksum, and how much was there', async () => {
    const item = JSON.parse(await readFile(file('box.json'), 'utf8')) as {
      properties: Record<string, unknown>;
      assets: Record<string, Record<string, unknown>>;
    };
    const classified = JSON.parse(await readFile(file('box-classified.json'), 'utf8')) as typeof item;
    const { 'geocrop:archived': archived, ...properties } = item.properties;
    assert.deepEqual(archived, { percent: 100, metatiles: 2, there: 2 });
    const timeless = ({ created: _, ...rest }: Record<string, unknown>): unknown => rest;
    assert.deepEqual(timeless(properties), timeless(classified.properties));
    const bytes = await readFile(file('box.tif'));
    const { createHash } = await import('node:crypto');
    assert.equal(item.assets['classes']?.['file:size'], bytes.length);
    assert.equal(
      item.assets['classes']['file:checksum'],
      `1220${createHash('sha256').update(bytes).digest('hex')}`,
    );
    assert.equal(item.assets['classes']['href'], './box.tif');
  });

  test('polygons: cut at pixel centres, or kept whole with --no-cut', async () => {
    const [w, s, e, n] = [WEST + 0.002, SOUTH + 0.003, EAST - 0.001, NORTH - 0.002];
    const triangle: Area = { type: 'Polygon', coordinates: [[[w, s], [e, s], [(w + e) / 2, n], [w, s]]] }; // prettier-ignore
    await writeFile(
      file('an area.geojson'),
      JSON.stringify({ type: 'Feature', properties: {}, geometry: triangle }),
    );
    const area = ['--area', file('an area.geojson')];
    assert.equal((await run('export', ...area, '--out', file('cut.tif'))).code, 0);
    assert.equal((await run('export', ...area, '--no-cut', '--out', file('uncut.tif'))).code, 0);
    const [cut, uncut, box] = [await pixels('cut.tif'), await pixels('uncut.tif'), await pixels('box.tif')];
    const corner = lonLatToPixel(14, WEST, NORTH);
    const first = lonLatToPixel(14, w, n);
    let inside = 0;
    for (let i = 0; i < cut.data.length; i += 1) {
      const [x, y] = [first.x + (i % cut.width), first.y + Math.floor(i / cut.width)];
      const value = box.data[(y - corner.y) * box.width + x - corner.x];
      assert.equal(uncut.data[i], value);
      const within = areaContains(triangle, ...pixelCentreLonLat(14, x, y));
      assert.equal(cut.data[i], within ? value : 255);
      inside += within ? 1 : 0;
    }
    assert.ok(inside > 0 && inside < cut.data.length);
  });

  test('what is missing is nodata and said with its command; --complete writes nothing', async () => {
    const [, south, east] = tileBoundsLonLat({ ...LOWER, x: LOWER.x + 1 });
    // Not to their very edge: the next ones begin there.
    const wide = [WEST, south + 0.001, east - 0.001, NORTH].join();
    const refused = await run('export', '--bbox', wide, '--complete', '--out', file('wide.tif'));
    assert.equal(refused.code, 1);
    assert.match(refused.err, /2 of 4 metatiles are not archived/);
    assert.equal(existsSync(file('wide.tif')), false);

    const { code, err } = await run('export', '--bbox', wide, '--out', file('wide.tif'));
    assert.equal(code, 0, err);
    assert.match(err, /\d+(\.\d)? % of the area: 2 of 4 metatiles are archived/);
    const command = /\n {2}geocrop (warm .*)\n/.exec(err)?.[1] ?? '';
    assert.ok(command.includes(`--store ${file('store')}`), command);
    const dry = await geocrop([...command.split(' '), '--dry-run']);
    assert.equal(dry.code, 0, `the command can be pasted: ${dry.err}`);

    const [part, box] = [await pixels('wide.tif'), await pixels('box.tif')];
    for (let y = 0; y < box.height; y += 1) {
      assert.deepEqual(
        part.data.subarray(y * part.width, y * part.width + box.width),
        box.data.subarray(y * box.width, (y + 1) * box.width),
      );
    }
    assert.equal(part.data.at(-1), 255);
  });

  test('a folder that is not there: 2, and it is not made', async () => {
    const { code, err } = await run('export', '--bbox', BOX.join(), '--out', file('typo/a.tif'));
    assert.equal(code, 2, err);
    assert.match(err, /There is no folder \S+typo for \S+a\.tif\.\n {2}Make the folder/);
    assert.equal(existsSync(file('typo')), false);
  });

  test('a file that is there stays, unless --overwrite', async () => {
    const before = await readFile(file('circle.tif'));
    const args = ['--aoi', CIRCLE.join(), '--out', file('circle.tif')];
    const { code, err } = await run('export', ...args);
    assert.equal(code, 2);
    assert.match(err, /is there already/);
    const unknown = await run('export', ...args, '--product', 'yield');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /no layer "yield"/);
    assert.equal((await run('export', ...args, '--overwrite')).code, 0);
    assert.deepEqual(await readFile(file('circle.tif')), before);
  });

  test('other products; a feature that nobody looked at is not there', async () => {
    for (const product of ['confidence', 'truecolor', 'observations']) {
      const { code, err } = await run(
        'export',
        '--bbox',
        BOX.join(),
        '--product',
        product,
        '--out',
        file(`${product}.tif`),
      );
      assert.equal(code, 0, err);
      assert.equal(existsSync(file(`${product}.tif.aux.xml`)), false);
    }
    const feature = await run(
      'export',
      '--bbox',
      BOX.join(),
      '--product',
      'ndvi_peak',
      '--out',
      file('peak.tif'),
    );
    assert.equal(feature.code, 1);
    assert.match(feature.err, /A feature is computed where somebody looks at it/);
  });

  const wrong: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ['an area outside the coverage', ['--bbox', '10,10,11,11'], /outside the coverage/],
    [
      'a product that is not there',
      ['--bbox', BOX.join(), '--product', 'yield'],
      /no layer "yield"[^]*classes/,
    ],
    ['a file that is not there', ['--area', 'nowhere.geojson'], /nowhere\.geojson cannot be read/],
    ['a model that is not there', ['--bbox', BOX.join(), '--model', 'Nobody'], /Nobody/],
  ];
  for (const [what, args, says] of wrong) {
    test(`${what}: 2, and nothing is written`, async () => {
      const { code, err } = await run('export', ...args, '--out', file('wrong.tif'));
      assert.equal(code, 2, err);
      assert.match(err, says);
      assert.equal(existsSync(file('wrong.tif')), false);
    });
  }

  test('no network is needed', async () => {
    await world.stop();
    const { code, err } = await run('export', '--bbox', BOX.join(), '--out', file('offline.tif'));
    assert.equal(code, 0, err);
    assert.deepEqual(await readFile(file('offline.tif')), await readFile(file('box.tif')));
  });

  describe('a large area', () => {
    const SIDE = 8;
    const [west, south] = tileBoundsLonLat({ ...UPPER, x: UPPER.x - SIDE + 2, y: UPPER.y + 1 });
    const [, , east, north] = tileBoundsLonLat({ ...UPPER, x: UPPER.x + 1, y: UPPER.y - SIDE + 2 });
    const args = ['--bbox', [west, south + 0.001, east - 0.001, north].join(), '--out'];

    /** The archived metatile once more in place of all its neighbours: their names are all that differs. */
    before(async () => {
      const archive = file('store/geocrop-results/archive');
      for (const recipe of await readdir(archive)) {
        const season = join(archive, recipe, 'summer-2021/12');
        for (let i = 0; i < SIDE * SIDE; i += 1) {
          const [x, y] = [UPPER.x + 1 - (i % SIDE), UPPER.y + 1 - Math.floor(i / SIDE)];
          if (x === UPPER.x && (y === UPPER.y || y === LOWER.y)) continue;
          const from = join(season, String(UPPER.x), String(UPPER.y));
          await cp(from, join(season, String(x), String(y)), { recursive: true });
        }
      }
    });

    test('interrupted: 130, and nothing is left', async () => {
      const { code, err } = await geocropStopped(
        ['export', '--year', String(YEAR), ...settings(), ...args, file('stopped.tif')],
        'SIGINT',
        {},
        'stderr',
      );
      assert.equal(code, 130, err);
      assert.match(err, /Exporting: \d0 %[^]*Interrupted/);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.startsWith('stopped')),
        [],
      );
    });

    test('killed: nothing is seen under its name, and the next time it works', async () => {
      const command = ['export', '--year', String(YEAR), ...settings(), ...args, file('killed.tif')];
      const { code, err } = await geocropStopped(command, 'SIGKILL', {}, 'stderr');
      assert.equal(code, null, err);
      assert.equal(existsSync(file('killed.tif')), false);
      const left = (await readdir(folder)).filter((name) => name.startsWith('killed'));
      assert.deepEqual(
        left.filter((name) => !/^killed\.tif\.part-\d+$/.test(name)),
        [],
      );
      await Promise.all(left.map((name) => rm(file(name))));

      const again = await geocrop(command);
      assert.equal(again.code, 0, again.err);
      assert.match(again.err, new RegExp(`100 % of the area: ${SIDE * SIDE} of ${SIDE * SIDE} metatiles`));
      const { data, width } = await pixels('killed.tif');
      const box = await pixels('box.tif');
      const corner = lonLatToPixel(14, west, north);
      const [x, y] = [AREA.left - 20 - corner.x, AREA.top - 20 - corner.y];
      for (let row = 0; row < 200; row += 1) {
        assert.deepEqual(
          data.subarray((y + row) * width + x, (y + row) * width + x + box.width),
          box.data.subarray(row * box.width, (row + 1) * box.width),
        );
      }
    });
  });

  test('nothing but what was asked for lies in the folder', async () => {
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('.part-')),
      [],
    );
  });
});
