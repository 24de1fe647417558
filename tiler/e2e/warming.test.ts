import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { boxArea } from '../../engine/geo/polygon.js';
import { METATILE_SIZE, pixelWindowLonLat } from '../../engine/geo/tile-matrix.js';
import { systemClock } from '../http/clock.js';
import { metatilesOfAreas } from '../warm/area-metatiles.js';
import { estimateWarming, type EstimateDeps, type WarmingEstimate } from '../warm/estimate-warming.js';
import { presenceToday } from '../warm/presence.js';
import { warmArea, type WarmingResult } from '../warm/warm-area.js';
import { openStage, tilePath, type Stage } from './stage.js';
import { makeWorld, UPPER, YEAR, type WorldArea } from './world.js';
import { WorldServer } from './world-server.js';

const MAP = { season: 'summer', year: YEAR, model: 'trees' };
/** Six rows of two metatiles, seen where they meet only: little to compute, and each has blocks in common with its neighbours. */
const ROWS = 6;
const STRIP: WorldArea = {
  left: UPPER.x * METATILE_SIZE - 64,
  right: UPPER.x * METATILE_SIZE + 64,
  top: UPPER.y * METATILE_SIZE + 4,
  bottom: (UPPER.y + ROWS) * METATILE_SIZE - 4,
};
const GROUND = boxArea(
  pixelWindowLonLat(14, STRIP.left, STRIP.top, STRIP.right - STRIP.left, STRIP.bottom - STRIP.top),
);

describe('warming an area of several metatiles', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let estimate: WarmingEstimate;
  let result: WarmingResult;
  let quota: number;
  const folders: string[] = [];
  /** With a cache for everything, then with the small one. */
  const fetches: { readonly blocks: number; readonly bytes: number }[] = [];

  const deps = ({ engine, clock }: Stage, cacheBytes: number): EstimateDeps => ({
    sceneLists: engine.sceneLists,
    archive: engine.archive,
    store: engine.store,
    reader: engine.compute.reader,
    hasScl: engine.hasScl,
    threads: 2,
    cacheBytes,
    archiveBytes: Infinity,
    lanes: 1,
    now: () => new Date(clock.now),
  });
  const estimateOf = (from: Stage, cacheBytes: number): Promise<WarmingEstimate> =>
    estimateWarming(
      deps(from, cacheBytes),
      from.engine.maps.definition(MAP),
      metatilesOfAreas([GROUND], from.engine.coverage),
      new AbortController().signal,
    );
  const warm = ({ engine, clock }: Stage, { walk }: WarmingEstimate): Promise<WarmingResult> => {
    const definition = engine.maps.definition(MAP);
    return warmArea({
      desk: engine.desk,
      definition,
      metatiles: walk.order,
      presence: (metatile, signal) =>
        presenceToday({ ...engine, now: () => new Date(clock.now) }, definition, metatile, signal),
      signal: new AbortController().signal,
      forMs: null,
      clock: systemClock,
    });
  };

  before(async () => {
    const world = await makeWorld({ area: STRIP, dates: 2, zones: [32735] });
    server = await WorldServer.start(world);
    // Of six rows the cache has to hold two, and what sticks out of them.
    quota = [...world.files.values()].reduce((sum, { length }) => sum + length, 0) / 2;
    for (const windowsQuotaBytes of [2 ** 30, quota]) {
      folder = await mkdtemp(join(tmpdir(), 'geocrop-warming-'));
      folders.push(folder);
      stage = await openStage(folder, server.stac, { windowsQuotaBytes });
      estimate = await estimateOf(stage, windowsQuotaBytes);
      result = await warm(stage, estimate);
      const { fetched: blocks, bytes } = stage.engine.compute.reader.stats;
      fetches.push({ blocks, bytes });
      if (folders.length === 1) await stage.close();
    }
  });
  after(async () => {
    await stage.close();
    await server.stop();
    for (const one of folders) await rm(one, { recursive: true });
  });

  test('says first what it will take', () => {
    const { metatiles, there, empty, toDo, scenes, remote, keptBytes, seconds } = estimate;
    assert.deepEqual({ metatiles, there, empty, toDo, remote }, { metatiles: 12, there: 0, empty: 0, toDo: 12, remote: true }); // prettier-ignore
    assert.deepEqual([scenes.basis, Math.round(scenes.value)], ['sampled', 3]);
    assert.deepEqual([keptBytes.basis, seconds.basis], ['guessed', 'guessed']);
    assert.equal(estimate.walk.strips, 1);
  });

  test('computes all of it', () => {
    const { ended, made, there, failed, left } = result;
    assert.deepEqual({ ended, made, there, failed, left }, { ended: 'all-tried', made: 12, there: 0, failed: [], left: 0 }); // prettier-ignore
    assert.deepEqual(stage.warnings, []);
  });

  test('fetches no block of a source twice, with a cache that holds half of them', () => {
    const [everything, small] = fetches;
    assert.ok(small !== undefined && small.blocks > 0);
    assert.equal(small.blocks, everything?.blocks);
    assert.ok(small.bytes > 1.5 * quota, `${small.bytes} fetched, of which ${quota} can be kept`);
  });

  test('done again it finds all there, and asks no source', async () => {
    server.seen.length = 0;
    const again = await estimateOf(stage, Infinity);
    assert.deepEqual([again.there, again.toDo, again.scenes.value], [12, 0, 0]);
    const nothing = await warm(stage, { ...again, walk: estimate.walk });
    assert.deepEqual([nothing.made, nothing.there], [0, 12]);
    assert.deepEqual(server.seen, []);
  });

  test('what was warmed is served where nothing may be computed, with catalogue and scenes gone', async () => {
    const { stac } = server;
    await stage.close();
    await server.stop();
    stage = await openStage(folder, stac, { mayCompute: false });
    for (const metatile of estimate.walk.order) {
      const response = await stage.get(tilePath(metatile));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
      assert.equal(response.headers.get('X-GeoCrop-Cache'), 'archive');
    }
  });
});
