import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { boxArea } from '../../../engine/geo/polygon.js';
import { pixelWindowLonLat } from '../../../engine/geo/tile-matrix.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import { modelsFolder, npyValues, tilePath } from '../stage.js';
import { AREA, COLLECTION, FEW_SCENES, LOWER, makeWorld, UPPER, YEAR } from '../world.js';
import { says, WorldServer } from '../world-server.js';
import { geocrop, geocropStopped, serving, type Ended } from './geocrop-process.js';

/** The ground of the world's scenes: two metatiles. */
const GROUND = pixelWindowLonLat(14, AREA.left, AREA.top, AREA.right - AREA.left, AREA.bottom - AREA.top);
/** One scene whose red band cannot be read. */
const BAD = 'S2_32735_2021-12-12/nir.tif';

interface Report {
  readonly estimate: { readonly toDo: number };
  readonly result: { readonly ended: string; readonly made: number; readonly failed: number } | null;
  readonly failures: readonly {
    readonly metatile: unknown;
    readonly code: string;
    readonly message: string;
  }[];
}

describe('geocrop warm', () => {
  let folder: string;
  let server: WorldServer;
  const file = (name: string): string => join(folder, name);
  const settings = (): string[] => [
    ...['--stac', server.stac, '--collection', COLLECTION],
    ...['--store', file('store'), '--models', file('models')],
  ];
  const args = (...more: string[]): string[] => ['warm', ...settings(), '--year', String(YEAR), ...more];
  const warm = (...more: string[]): Promise<Ended> => geocrop(args('--bbox', GROUND.join(), ...more));
  const reported = async (): Promise<Report> =>
    JSON.parse(await readFile(file('report.json'), 'utf8')) as Report;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-warm-'));
    await modelsFolder(folder);
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('--dry-run says what it would take, and computes nothing', async () => {
    const { code, out, err } = await warm('--dry-run', '--report', file('report.json'));
    assert.equal(code, 0, err);
    assert.match(out, /^Warming summer 2021 by trees:\n {2}Metatiles +2 +2 to compute\n/);
    for (const line of [
      /Scenes +4\n/,
      /To fetch +~[\d.]+ MB/,
      /Kept +~7\.6 MB/,
      /Time +~\d+ s/,
      /Block cache +20 GB/,
    ]) {
      assert.match(out, line);
    }
    assert.doesNotMatch(out, /computed/);
    const { estimate, result } = await reported();
    assert.deepEqual([estimate.toDo, result], [2, null]);
  });

  test('Ctrl-C ends it with 130, and says how to go on', async () => {
    const { code, out } = await geocropStopped(args('--bbox', GROUND.join()), 'SIGINT');
    assert.equal(code, 130, out);
    assert.match(out, /Interrupted\. [12] metatiles? left: the same command goes on there\.\n$/);
  });

  test('a scene that cannot be read is told with its metatiles, with 1', async () => {
    server.onFile = (path) => (path === BAD ? says(500) : undefined);
    const { code, out, err } = await warm('--report', file('report.json'));
    server.mend();
    assert.equal(code, 1, out + err);
    assert.match(out, /\d failed/);
    assert.match(err, /[12] metatiles? failed with source-unavailable: 12\/2389\/225[45]/);
    assert.match(err, /S2_32735_2021-12-12/);
    const { result, failures } = await reported();
    assert.equal(result?.ended, 'all-tried');
    assert.equal(failures.length, result.failed);
    assert.ok(failures.every(({ code: why }) => why === 'source-unavailable'));
  });

  test('done again it computes what is missing', async () => {
    const { code, out, err } = await warm('--report', file('report.json'), '--for', '10m');
    assert.equal(code, 0, err);
    assert.match(out, /computed/);
    assert.match(err, /Warming: 100 % \((\d) of \1\), \S+ an hour, 0 s left\n/);
    const { result, failures } = await reported();
    assert.deepEqual([result?.ended, result?.failed, failures.length], ['all-tried', 0, 0]);
  });

  test('and once more: all is there, nothing is asked', async () => {
    server.seen.length = 0;
    await writeFile(file('area.geojson'), JSON.stringify(boxArea(GROUND)));
    const { code, out } = await geocrop(args('--area', file('area.geojson')));
    assert.equal(code, 0);
    assert.match(out, /Metatiles +2 +2 there already, 0 to compute\nAll of it is there: nothing to do\.\n/);
    assert.match(out, /\nZooms 6 to 11 are made of what is there\.\n$/);
    assert.deepEqual(server.files, []);
  });

  test('--zoom says which zooms below 12 are made', async () => {
    const native = await warm('--zoom', '12-14');
    assert.deepEqual([native.code, /Zooms/.test(native.out)], [0, false]);
    const low = await warm('--zoom', '9-11');
    assert.equal(low.code, 0, low.err);
    assert.equal(
      low.out,
      'Nothing is computed: these zooms are made of what is archived.\nZooms 9 to 11 are made of what is there.\n',
    );
  });

  test('what was warmed is served by a server that computes nothing', async () => {
    const serve = await serving(['serve', ...settings(), '--compute', 'none', '--port', '0']);
    for (const tile of [UPPER, LOWER, ...nativeTiles(UPPER), ...nativeTiles(LOWER)]) {
      const response = await fetch(`${serve.url}${tilePath(tile)}`);
      assert.equal(response.status, 200, await response.text());
      assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    }
    for (const z of [6, 9, 11]) {
      const shift = 12 - z;
      const tile = { z, x: UPPER.x >> shift, y: UPPER.y >> shift };
      const response = await fetch(`${serve.url}${tilePath(tile)}`);
      assert.deepEqual([response.status, response.headers.get('X-GeoCrop-Tile')], [200, 'partial']);
      const values = await npyValues(response);
      assert.ok(z === 6 || values.some((value) => value !== 255), `zoom ${z} shows a class`);
    }
    await serve.stop('SIGKILL');
  });

  const wrong: readonly (readonly [what: string, args: () => string[], says: RegExp])[] = [
    [
      'an area outside the coverage',
      () => ['--bbox', '10,50,11,51'],
      /outside the coverage[^]*\n {2}Longitude first/,
    ],
    ['no area', () => [], /--bbox.*--area.*is needed/],
    ['an area that is no file', () => ['--area', file('gone.geojson')], /gone\.geojson cannot be read/],
    ['an area that is no polygon', () => ['--area', file('point.geojson')], /the area is a Point/],
    ['a model that is not there', () => ['--bbox', GROUND.join(), '--model', 'Nobody'], /Nobody[^]*trees/],
    ['a year without scenes', () => ['--bbox', GROUND.join(), '--year', '1999'], /1999/],
  ];
  for (const [what, more, said] of wrong) {
    test(`${what}: 2, and nothing is computed`, async () => {
      await writeFile(file('point.geojson'), JSON.stringify({ type: 'Point', coordinates: [30, -17] }));
      const { code, out, err } = await geocrop(args(...more()));
      assert.equal(code, 2, out + err);
      assert.match(err, said);
      assert.doesNotMatch(err, /\n\s+at /);
    });
  }
});
