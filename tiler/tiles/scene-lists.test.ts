import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoCropError } from '../../engine/errors.js';
import { scenesDigest } from '../../engine/scenes/scene-list.js';
import type { Scene, SceneList } from '../../engine/scenes/scene.js';
import { SUMMER } from '../../engine/season.js';
import { Maps, NO_MODEL } from './maps.js';
import { SceneLists, type SceneFault } from './scene-lists.js';

const METATILE = { z: 12, x: 2389, y: 2254 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function scene(id: string): Scene {
  return {
    id,
    collection: 'test',
    datetime: '2021-10-01T08:00:00Z',
    date: '2021-10-01',
    cloudCover: 0,
    baseline: 5,
    epsg: 32736,
    geometry: { type: 'Polygon', coordinates: [] },
    assets: { red: { href: `file:///${id}/red.tif` } },
    reflectance: { scale: 0.0001, offset: 0, reason: 'test', checkedRedMedian: null },
  };
}

/** A catalogue, a store and a clock in the test's hands. */
function setUp() {
  const world = {
    now: Date.parse('2023-01-01T00:00:00Z'),
    scenes: [scene('a'), scene('b')],
    revision: null as string | null,
    stacIsDown: false,
    lookUps: 0,
    list: undefined as SceneList | undefined,
    faults: [] as readonly SceneFault[],
    warnings: [] as string[],
  };
  const definition = new Maps({
    bundles: new Map(),
    seasons: [SUMMER],
    defaultModel: null,
    years: () => [2021],
    source: 'test',
    profiles: ['rule'],
    bands: ['red'],
    cloudBufferPixels: 3,
    cloudLimit: 60,
    now: () => new Date(world.now),
  }).definition({ season: 'summer', year: 2021, model: NO_MODEL });
  const open = (): SceneLists =>
    new SceneLists({
      readList: async () => world.list,
      writeList: async (_definition, _metatile, list) => {
        world.list = list;
      },
      readFaults: async () => world.faults,
      writeFaults: async (_definition, _metatile, faults) => {
        world.faults = faults;
      },
      lookUp: async (_definition, _metatile, quarantined) => {
        world.lookUps += 1;
        if (world.stacIsDown) throw new GeoCropError('stac-unavailable', 'down');
        const scenes = world.scenes.filter(({ id }) => !quarantined.has(id));
        return {
          profile: 'test',
          season: 'summer',
          year: 2021,
          metatile: { z: 12, x: METATILE.x, y: METATILE.y },
          scenes,
          leftOut: [],
          lookedUpAt: new Date(world.now).toISOString(),
          digest: scenesDigest(scenes),
          ...(world.revision === null ? {} : { revision: world.revision }),
        };
      },
      revision: async () => world.revision,
      now: () => new Date(world.now),
      warn: (message) => world.warnings.push(message),
    });
  return { world, definition, open };
}

const broken = (id: string) => ({ scene: id, code: 'block-corrupt', reason: 'red: truncated' }) as const;
const ids = (list: SceneList | undefined): string[] => (list?.scenes ?? []).map(({ id }) => id);

describe('scene lists', () => {
  test('are looked up once, also across restarts and without the catalogue', async () => {
    const { world, definition, open } = setUp();
    const lists = open();
    assert.equal(await lists.stored(definition, METATILE), undefined);
    await Promise.all([lists.get(definition, METATILE), lists.get(definition, METATILE)]);
    world.stacIsDown = true;
    assert.deepEqual(ids(await open().get(definition, METATILE)), ['a', 'b']);
    assert.equal(world.lookUps, 1);
  });

  test('what is kept is told without looking anything up, also where it is old', async () => {
    const { world, definition, open } = setUp();
    const lists = open();
    assert.equal(await lists.kept(definition, METATILE), undefined);
    world.now = Date.parse('2022-01-01T00:00:00Z');
    await lists.get(definition, METATILE);
    const { list, old } = (await open().kept(definition, METATILE)) ?? {};
    assert.deepEqual([ids(list), old], [['a', 'b'], false]);
    world.now += 7 * HOUR;
    for (const reopened of [lists, open()]) {
      assert.equal((await reopened.kept(definition, METATILE))?.old, true);
    }
    assert.equal(world.lookUps, 1);
  });

  test('a catalogue on disk that has changed is looked at again', async () => {
    const { world, definition, open } = setUp();
    world.revision = 'one';
    await open().get(definition, METATILE);
    world.revision = 'two';
    world.scenes = [scene('c')];
    assert.deepEqual(ids(await open().get(definition, METATILE)), ['c']);
  });

  test('a scene that cannot be read again after an hour is left out for a week, then tried again', async () => {
    const { world, definition, open } = setUp();
    const lists = open();
    const before = await lists.get(definition, METATILE);
    await lists.report(definition, METATILE, [broken('a')]);
    world.now += HOUR / 2;
    await lists.report(definition, METATILE, [broken('a')]);
    assert.deepEqual(ids(await lists.stored(definition, METATILE)), ['a', 'b'], 'half an hour is too soon');
    world.now += HOUR;
    await lists.report(definition, METATILE, [broken('a')]);
    const without = await lists.stored(definition, METATILE);
    assert.deepEqual(ids(without), ['b']);
    assert.notEqual(without?.digest, before.digest);
    assert.equal(without?.leftOut.find(({ id }) => id === 'a')?.code, 'quarantined');
    world.now += 7 * DAY;
    assert.deepEqual(ids(await lists.get(definition, METATILE)), ['a', 'b']);
  });

  test('faults of the network are not held against a scene', async () => {
    const { world, definition, open } = setUp();
    const lists = open();
    await lists.get(definition, METATILE);
    for (let hours = 0; hours < 3; hours += 1) {
      await lists.report(definition, METATILE, [{ scene: 'a', code: 'source-unavailable', reason: '503' }]);
      world.now += HOUR;
    }
    assert.deepEqual(world.faults, []);
    assert.deepEqual(ids(await lists.stored(definition, METATILE)), ['a', 'b']);
  });

  test('a scene that has been read since starts afresh', async () => {
    const { world, definition, open } = setUp();
    const lists = open();
    await lists.get(definition, METATILE);
    await lists.report(definition, METATILE, [broken('a')]);
    await lists.report(definition, METATILE, []);
    assert.deepEqual(world.faults, []);
    world.now += 30 * DAY;
    await lists.report(definition, METATILE, [broken('a')]);
    assert.deepEqual(ids(await lists.stored(definition, METATILE)), ['a', 'b']);
  });
});
