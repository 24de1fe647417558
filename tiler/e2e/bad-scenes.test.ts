import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { pixelCentreLonLat } from '../../engine/geo/tile-matrix.js';
import type { PointAnswer } from '../tiles/tile-service.js';
import { assertProblem } from './problem.js';
import { HOUR, npyValues, openStage, tilePath, type Stage } from './stage.js';
import { makeWorld, TILE, UPPER, type World, type WorldItem } from './world.js';
import { says, WorldServer, type Answer } from './world-server.js';

const BAD = 'S2_32735_2021-12-12';
/** What else was seen that day: a date is fused from all of its scenes, or left out. */
const SAME_DAY = [BAD, 'S2_32736_2021-12-12'];
const DAY = 24 * HOUR;
const OBSERVATIONS = tilePath(TILE, 'layer=observations');

describe('a scene that cannot be used', () => {
  let world: World;
  let whole: Uint8Array | Float32Array;
  let without: Uint8Array | Float32Array;
  let withoutDay: Uint8Array | Float32Array;
  /** A pixel that has an observation of the bad scene. */
  let point: string;
  let folder: string;
  let server: WorldServer;
  let stage: Stage;

  const answerOf = async (expected: 'final' | 'incomplete'): Promise<Uint8Array | Float32Array> => {
    const response = await stage.get(OBSERVATIONS);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('X-GeoCrop-Tile'), expected);
    if (expected === 'incomplete') {
      assert.equal(response.headers.get('ETag'), null);
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
    } else assert.match(response.headers.get('ETag') ?? '', /^"\w+"$/);
    return npyValues(response);
  };
  /** Asks, minute after minute, until the tile is final with these values: what is done in the background tells nobody. */
  const becomes = async (values: Uint8Array | Float32Array, also = (): boolean => true): Promise<void> => {
    for (;;) {
      const response = await stage.get(OBSERVATIONS);
      const isFinal = response.headers.get('X-GeoCrop-Tile') === 'final';
      const same = Buffer.compare(Buffer.from(await npyValues(response)), Buffer.from(values)) === 0;
      if (isFinal && same && also()) return;
      stage.clock.now += 61_000;
      await nextTurn(20);
    }
  };
  /** Until the metatile is archived, or known to be incomplete. */
  const settled = async (): Promise<void> => {
    await (await stage.get(tilePath(UPPER))).arrayBuffer();
  };
  const open = async (): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    stage = await openStage(folder, server.stac);
  };
  const close = async (): Promise<void> => {
    await stage.close();
    await rm(folder, { recursive: true });
  };
  const leftOut = async (): Promise<readonly string[]> => {
    const { maps, sceneLists } = stage.engine;
    const list = await sceneLists.stored(
      maps.definition(maps.resolve({ season: 'summer', year: 2021 })),
      UPPER,
    );
    return (list?.leftOut ?? []).map(({ id, code }) => `${id} ${code}`);
  };

  before(async () => {
    world = await makeWorld({ dates: 3 });
    server = await WorldServer.start(world);
    await open();
    whole = await answerOf('final');
    await close();
    server.describe = (item) => (item.id === BAD ? null : item);
    await open();
    without = await answerOf('final');
    await close();
    server.describe = (item) => (SAME_DAY.includes(item.id) ? null : item);
    await open();
    withoutDay = await answerOf('final');
    await close();
    await server.stop();
    assert.notDeepEqual(without, whole);
    assert.notDeepEqual(withoutDay, without);
    const seen = whole.findIndex((count, i) => count !== without[i]);
    const [lon, lat] = pixelCentreLonLat(14, TILE.x * 256 + (seen % 256), TILE.y * 256 + (seen >> 8));
    point = `/point/${lon},${lat}?year=2021&season=summer`;
  });
  beforeEach(async () => {
    server = await WorldServer.start(world);
    await open();
  });
  afterEach(async () => {
    await close();
    await server.stop();
  });

  test('an item without an asset is left out and named', async () => {
    server.describe = (item) => {
      if (item.id !== BAD) return item;
      const { nir: _nir, ...assets } = item.assets;
      return { ...item, assets };
    };
    assert.deepEqual(await answerOf('final'), without);
    assert.deepEqual(await leftOut(), [`${BAD} lacks-asset`]);
  });

  test('an item without proj is read by its COGs’ own keys', async () => {
    const withoutProj = (item: WorldItem): object => {
      const { 'proj:epsg': _epsg, ...properties } = item.properties;
      return { ...item, properties };
    };
    server.describe = withoutProj;
    assert.deepEqual(await answerOf('final'), whole);
  });

  test('an item that is none is left out and named', async () => {
    server.describe = (item) => (item.id === BAD ? { ...item, geometry: null } : item);
    assert.deepEqual(await answerOf('final'), without);
    assert.deepEqual(await leftOut(), [`${BAD} malformed`]);
  });

  // Red is needed to check the scene's offset, before anything is read; near infrared only for pixels.
  for (const asset of ['red', 'nir']) {
    test(`a dead ${asset}: incomplete; seen again after an hour, final without it; tried again after a week`, async () => {
      const dead = (path: string): Answer | undefined =>
        path === `${BAD}/${asset}.tif` ? says(404) : undefined;
      server.onFile = dead;
      const shown = asset === 'red' ? without : withoutDay;
      assert.deepEqual(await answerOf('incomplete'), shown);
      await settled();
      stage.clock.now += HOUR / 2;
      assert.deepEqual(await answerOf('incomplete'), shown);
      await settled();
      stage.clock.now += HOUR;
      // The second look an hour after the first puts it in quarantine: from then on all is whole without it.
      assert.deepEqual(await answerOf('incomplete'), shown);
      await settled();
      stage.clock.now += 2 * 60_000;
      assert.deepEqual(await answerOf('final'), without);
      await settled();
      assert.deepEqual(await leftOut(), [`${BAD} quarantined`]);
      server.seen.length = 0;
      assert.deepEqual(await answerOf('final'), without);
      assert.deepEqual(server.seen, []);

      // Still dead a week later: it is tried in the background, and left out for another week.
      stage.clock.now += 8 * DAY;
      server.seen.length = 0;
      await becomes(without, () => server.files.some(({ path }) => path === `${BAD}/${asset}.tif`));
      assert.deepEqual(await leftOut(), [`${BAD} quarantined`]);

      // Mended before it is tried again.
      server.onFile = () => undefined;
      stage.clock.now += 8 * DAY;
      await becomes(whole);
      assert.deepEqual(await leftOut(), []);
    });
  }

  const truncated: Answer = (response, request) => {
    const file = world.files.get(`${BAD}/nir.tif`)?.subarray(0, 20_000) ?? new Uint8Array();
    const [, start = '0', last = '0'] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const [from, to] = [Number(start), Math.min(Number(last) + 1, file.length)];
    if (from >= file.length) response.writeHead(416).end();
    else {
      const headers = { 'content-range': `bytes ${from}-${to - 1}/${file.length}` };
      response.writeHead(206, headers).end(file.subarray(from, to));
    }
  };
  const scrambled: Answer = (response, request) => {
    const file = Uint8Array.from(world.files.get(`${BAD}/nir.tif`) ?? []);
    // Behind the header and the overview.
    file.fill(0x5a, 32_500);
    const [, start = '0', last = '0'] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const [from, to] = [Number(start), Math.min(Number(last) + 1, file.length)];
    const headers = { 'content-range': `bytes ${from}-${to - 1}/${file.length}` };
    response.writeHead(206, headers).end(file.subarray(from, to));
  };
  for (const [name, answer, code] of [
    ['a truncated COG', truncated, 'cog-malformed'],
    ['blocks that do not decode', scrambled, 'block-corrupt'],
    ['a page in place of a COG', says(200, '<html>not here</html>', 'text/html'), 'cog-malformed'],
    ['a server that answers 500', says(500), 'source-unavailable'],
    ['a file that is refused', says(403), 'source-forbidden'],
  ] as const) {
    test(`${name}: incomplete, a typed error for the point; whole when it is mended`, async () => {
      server.onFile = (path) => (path === `${BAD}/nir.tif` ? answer : undefined);
      assert.deepEqual(await answerOf('incomplete'), withoutDay);
      await settled();
      const status = code === 'source-unavailable' ? 503 : 502;
      const { detail } = await assertProblem(await stage.get(point), status, code);
      assert.match(detail, new RegExp(`${BAD}, nir`));
      server.mend();
      // An incomplete answer is kept for a minute.
      stage.clock.now += 2 * 60_000;
      assert.deepEqual(await answerOf('final'), whole);
      const good = await stage.get(point);
      assert.equal(good.status, 200);
      assert.ok(((await good.json()) as PointAnswer).observations > 0);
    });
  }
});
