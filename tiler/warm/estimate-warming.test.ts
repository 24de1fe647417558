import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import type { StacItem } from '../../engine/encode/stac-item.js';
import { GeoCropError } from '../../engine/errors.js';
import { boxArea, areaMeetsBox } from '../../engine/geo/polygon.js';
import { projectPoint } from '../../engine/geo/project.js';
import { MERCATOR_HALF_WIDTH, tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import { BANDS, type AssetName, type Scene, type SceneList } from '../../engine/scenes/scene.js';
import { SUMMER } from '../../engine/season.js';
import type { CogHeader } from '../../engine/windows/cog-header.js';
import { Maps, NO_MODEL } from '../tiles/maps.js';
import { estimateWarming, type EstimateDeps, type WarmingEstimate } from './estimate-warming.js';
import { writeRecord } from './warming-record.js';

const CLOSED = '2023-01-01T00:00:00Z';
const CORNER: TileId = { z: 12, x: 2392, y: 2254 };
const EPSG = 32736;
const BLOCK_BYTES = 1.2e6;
const DATES = ['2021-10-03', '2021-12-12', '2022-01-26', '2022-03-07', '2022-05-06', '2022-05-11'];
const FINE: readonly AssetName[] = ['blue', 'green', 'red', 'nir'];

const box = (across: number, down: number): TileId[] =>
  Array.from({ length: across * down }, (_, i) => ({
    z: 12,
    x: CORNER.x + (i % across),
    y: CORNER.y + Math.floor(i / across),
  }));
/** The ground of so many metatiles from the corner on. */
const ground = (x0: number, x1: number, down: number): ReturnType<typeof boxArea> => {
  const [west, , , north] = tileBoundsLonLat({ ...CORNER, x: CORNER.x + x0 });
  const [east] = tileBoundsLonLat({ ...CORNER, x: CORNER.x + x1 });
  const [, south] = tileBoundsLonLat({ ...CORNER, y: CORNER.y + down - 1 });
  return boxArea([west + 1e-6, south + 1e-6, east - 1e-6, north - 1e-6]);
};

function scene(id: string, date: string, geometry: Scene['geometry'], remote: boolean): Scene {
  const assets = Object.fromEntries(
    [...BANDS, 'scl'].map((name) => [
      name,
      { href: `${remote ? 'https://scenes' : 'file://'}/${id}/${name}.tif` },
    ]),
  );
  const reflectance = { scale: 0.0001, offset: 0, reason: 'test', checkedRedMedian: null };
  return { id, collection: 'test', datetime: `${date}T08:00:00Z`, date, cloudCover: 0, baseline: 5, epsg: EPSG, geometry, assets, reflectance }; // prettier-ignore
}

/** A file of an MGRS tile around the area; every block weighs the same. */
function header(href: string): CogHeader {
  const res = FINE.some((band) => href.includes(`/${band}.`)) ? 10 : 20;
  const [east, north] = projectPoint(EPSG, tileBoundsLonLat(CORNER)[0], tileBoundsLonLat(CORNER)[3]);
  const side = 163_840 / res;
  const blocks = (side / 1024) ** 2;
  const level = {
    width: side,
    height: side,
    blockWidth: 1024,
    blockHeight: 1024,
    blocksAcross: side / 1024,
    blocksDown: side / 1024,
    compression: 8,
    predictor: 2,
    planarConfiguration: 1 as const,
    offsets: Array.from({ length: blocks }, (_, i) => 1000 + i * BLOCK_BYTES),
    byteCounts: new Array<number>(blocks).fill(BLOCK_BYTES),
  };
  const transform = [res, 0, Math.round(east) - 20_000, 0, -res, Math.round(north) + 20_000] as const;
  return { href, littleEndian: true, epsg: EPSG, transform, nodata: 0, samplesPerPixel: 1, dataType: 'uint16', levels: [level] }; // prettier-ignore
}

interface World {
  readonly metatiles: readonly TileId[];
  readonly scenes: readonly Scene[];
  /** Whose scene lists are kept. */
  readonly kept?: (metatile: TileId) => boolean;
  readonly there?: (metatile: TileId) => boolean;
  readonly now?: string;
  /** When what is archived under other scenes was made. */
  readonly otherMade?: string;
  readonly options?: Partial<EstimateDeps>;
}

function setUp(world: World) {
  const now = (): Date => new Date(world.now ?? CLOSED);
  const definition = new Maps({
    bundles: new Map(),
    seasons: [SUMMER],
    defaultModel: null,
    years: () => [2021],
    source: 'test',
    profiles: ['rule'],
    bands: BANDS,
    cloudBufferPixels: 3,
    cloudLimit: 60,
    now,
  }).definition({ season: 'summer', year: 2021, model: NO_MODEL });
  const asked: TileId[] = [];
  const listOf = ({ z: _, x, y }: TileId): SceneList => ({
    profile: 'test',
    season: 'summer',
    year: 2021,
    metatile: { z: 12, x, y },
    scenes: world.scenes.filter(({ geometry }) => areaMeetsBox(geometry, tileBoundsLonLat({ z: 12, x, y }))),
    leftOut: [],
    lookedUpAt: CLOSED,
    digest: `${x}-${y}`,
  });
  const placeOf = (digest: string): TileId => {
    const [x = NaN, y = NaN] = digest.split('-').map(Number);
    return { z: 12, x, y };
  };
  const item = {
    properties: { created: world.otherMade ?? CLOSED },
    assets: { classes: { 'file:size': 1000 }, truecolor: { 'file:size': 500_000 }, other: {} },
  } as unknown as StacItem;
  const deps: EstimateDeps = {
    sceneLists: {
      kept: async (_, metatile) =>
        (world.kept?.(metatile) ?? true) ? { list: listOf(metatile), old: false } : undefined,
      get: async (_, metatile) => {
        asked.push(metatile);
        return listOf(metatile);
      },
    },
    archive: {
      has: async (_recipe, _season, _metatile, scenes) => world.there?.(placeOf(scenes)) ?? false,
      current: async (_recipe, _season, { x, y }) =>
        world.otherMade !== undefined || world.there?.({ z: 12, x, y }) === true
          ? { scenes: 'other', item }
          : undefined,
    },
    store: new MemoryObjectStore(),
    reader: { header: async (href) => header(href) },
    hasScl: true,
    threads: 2,
    cacheBytes: 20e9,
    archiveBytes: Infinity,
    lanes: 1,
    now,
    ...world.options,
  };
  const estimate = (): Promise<WarmingEstimate> =>
    estimateWarming(deps, definition, world.metatiles, new AbortController().signal);
  return { deps, definition, asked, estimate };
}

const season = (remote = true): Scene[] =>
  DATES.map((date) => scene(`S2_${date}`, date, ground(0, 10, 10), remote));

describe('the estimate of warming', () => {
  test('tells what is there, what is empty and what is to be computed', async () => {
    const { estimate } = setUp({
      metatiles: box(4, 2),
      scenes: DATES.map((date) => scene(date, date, ground(0, 3, 2), true)),
      there: ({ x }) => x === CORNER.x,
    });
    const { metatiles, there, empty, toDo, scenes, walk, sampled } = await estimate();
    assert.deepEqual({ metatiles, there, empty, toDo, sampled }, { metatiles: 8, there: 2, empty: 2, toDo: 4, sampled: 4 }); // prettier-ignore
    assert.deepEqual(scenes, { value: DATES.length, basis: 'known' });
    assert.deepEqual(walk.order.map(({ x }) => x - CORNER.x).sort(), [1, 1, 2, 2]);
  });

  test('asks the catalogue for a few metatiles, and counts scenes from those', async () => {
    const half = DATES.map((date) => scene(`west ${date}`, date, ground(0, 5, 10), true));
    const other = DATES.map((date) => scene(`east ${date}`, date, ground(5, 10, 10), true));
    const world = setUp({ metatiles: box(10, 10), scenes: [...half, ...other], kept: () => false });
    const { toDo, scenes } = await world.estimate();
    assert.equal(toDo, 100);
    assert.equal(world.asked.length, 5);
    assert.equal(scenes.basis, 'sampled');
    assert.ok(Math.abs(scenes.value - 2 * DATES.length) <= 1, `${scenes.value}`);
  });

  test('what is to be fetched is what the blocks of all dates weigh', async () => {
    const { estimate } = setUp({ metatiles: box(10, 10), scenes: season() });
    const { fetchBytes, remote, walk } = await estimate();
    assert.deepEqual([fetchBytes.basis, remote, walk.strips], ['sampled', true, 1]);
    // Every block that the area meets, with half a block more on each side.
    const [, south, , north] = tileBoundsLonLat({ ...CORNER, y: CORNER.y + 5 });
    const metres = ((20 * MERCATOR_HALF_WIDTH) / 2 ** 12) * Math.cos((((south + north) / 2) * Math.PI) / 180);
    const blocks = (side: number): number => ((metres + side) / side) ** 2;
    const expected = DATES.length * BLOCK_BYTES * (4 * blocks(10_240) + 4 * blocks(20_480));
    assert.ok(Math.abs(fetchBytes.value / expected - 1) < 0.05, `${fetchBytes.value / expected}`);
  });

  test('a scene that shows half of a metatile weighs half', async () => {
    const whole = await setUp({ metatiles: box(1, 1), scenes: season() }).estimate();
    const [west, south, east, north] = tileBoundsLonLat(CORNER);
    const half = boxArea([west, south, (west + east) / 2, north]);
    const { estimate } = setUp({
      metatiles: box(1, 1),
      scenes: DATES.map((date) => scene(date, date, half, true)),
    });
    assert.ok(Math.abs((await estimate()).fetchBytes.value / whole.fetchBytes.value - 0.5) < 0.01);
  });

  test('where all files lie on this machine there is nothing to fetch', async () => {
    assert.equal((await setUp({ metatiles: box(2, 2), scenes: season(false) }).estimate()).remote, false);
  });

  test('a file that cannot be read makes it smaller, and nothing worse', async () => {
    const whole = await setUp({ metatiles: box(2, 2), scenes: season() }).estimate();
    const reader: EstimateDeps['reader'] = {
      header: async (href) => {
        if (href.includes('/nir.')) throw new GeoCropError('source-missing', 'gone');
        return header(href);
      },
    };
    const { fetchBytes } = await setUp({ metatiles: box(2, 2), scenes: season(), options: { reader } }).estimate(); // prettier-ignore
    assert.ok(fetchBytes.value > 0 && fetchBytes.value < whole.fetchBytes.value);
  });

  test('a small cache cuts the area into strips, whose borders are fetched twice', async () => {
    const scenes = season();
    const whole = await setUp({ metatiles: box(20, 10), scenes: scenes }).estimate();
    const options = { cacheBytes: whole.walk.wholeBytes };
    const { walk, fetchBytes } = await setUp({ metatiles: box(20, 10), scenes, options }).estimate();
    assert.ok(walk.strips > 1);
    assert.equal(Math.round(fetchBytes.value - whole.fetchBytes.value), Math.round(walk.twiceBytes));
  });

  test('what is archived tells how much is kept; until then it is a guess', async () => {
    const first = setUp({ metatiles: box(2, 2), scenes: season() });
    assert.deepEqual((await first.estimate()).keptBytes, { value: 4 * 3.8e6, basis: 'guessed' });
    const later = setUp({ metatiles: box(2, 2), scenes: season(), there: ({ x }) => x === CORNER.x });
    const { toDo, keptBytes } = await later.estimate();
    assert.deepEqual([toDo, keptBytes.basis], [2, 'measured']);
    assert.ok(keptBytes.value > 2 * 501_000 && keptBytes.value < 2 * 502_000, `${keptBytes.value}`);
  });

  test('the last warming tells time and bytes, of as many threads; until then they are a guess', async () => {
    const { estimate, deps, definition } = setUp({ metatiles: box(10, 1), scenes: season() });
    const guess = await estimate();
    assert.equal(guess.seconds.basis, 'guessed');
    // Neither processor nor line can be faster.
    assert.ok(guess.seconds.value >= guess.fetchBytes.value / 12.5e6);
    const store = deps.store as MemoryObjectStore;
    const record = { metatiles: 20, seconds: 400, fetchedBytes: 2e9, threads: 2, at: CLOSED };
    await writeRecord(store, definition, { ...record, metatiles: 2 });
    assert.equal((await estimate()).seconds.basis, 'guessed');
    await writeRecord(store, definition, record);
    const { seconds, fetchBytes } = await estimate();
    assert.deepEqual(seconds, { value: 200, basis: 'measured' });
    assert.deepEqual(fetchBytes, { value: 1e9, basis: 'measured' });
    await writeRecord(store, definition, { ...record, threads: 8 });
    assert.equal((await estimate()).seconds.basis, 'guessed');
  });

  test('a record that is damaged is none', async () => {
    const { estimate, deps, definition } = setUp({ metatiles: box(2, 2), scenes: season() });
    const store = deps.store as MemoryObjectStore;
    for (const text of ['{"metatiles": 0, "seconds"', '{"metatiles": -1}', 'null']) {
      const key = `warming/${definition.mapDigest}/${definition.seasonKey}.json`;
      await store.put('geocrop-results', key, Buffer.from(text));
      assert.equal((await estimate()).seconds.basis, 'guessed');
    }
  });

  test('of an open season what was made within ten days is left alone', async () => {
    const at = (otherMade: string): Promise<WarmingEstimate> =>
      setUp({ metatiles: box(2, 2), scenes: season(), now: '2022-05-20T00:00:00Z', otherMade }).estimate();
    assert.equal((await at('2022-05-15T00:00:00Z')).there, 4);
    assert.equal((await at('2022-05-01T00:00:00Z')).toDo, 4);
    const closed = setUp({ metatiles: box(2, 2), scenes: season(), otherMade: '2022-12-31T00:00:00Z' });
    assert.equal((await closed.estimate()).toDo, 4);
  });

  test('an interrupt ends it', async () => {
    const { deps, definition } = setUp({ metatiles: box(2, 2), scenes: season() });
    const aborted = AbortSignal.abort(new DOMException('Interrupted.', 'AbortError'));
    await assert.rejects(estimateWarming(deps, definition, box(2, 2), aborted), { name: 'AbortError' });
  });
});
