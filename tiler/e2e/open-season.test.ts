import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { HOUR, npyValues, openStage, tilePath, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, UPPER } from './world.js';
import { WorldServer } from './world-server.js';

const DAY = 24 * HOUR;
const NEW = /2022-01-26$/;
const PATH = tilePath(TILE, 'layer=observations');

describe('a season that is still open', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let first: Uint8Array | Float32Array;

  const ask = async (): Promise<{
    state: string | null;
    etag: string | null;
    cache: string | null;
    values: Uint8Array | Float32Array;
  }> => {
    const response = await stage.get(PATH);
    assert.equal(response.status, 200);
    const { headers } = response;
    return {
      state: headers.get('X-GeoCrop-Tile'),
      etag: headers.get('ETag'),
      cache: headers.get('Cache-Control'),
      values: await npyValues(response),
    };
  };
  /** Asks until the tile is in that state: what is done in the background tells nobody. */
  const becomes = async (state: string): Promise<Awaited<ReturnType<typeof ask>>> => {
    for (;;) {
      const answer = await ask();
      if (answer.state === state) return answer;
      await nextTurn(10);
    }
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
    server.describe = (item) => (NEW.test(item.id) ? null : item);
    stage = await openStage(folder, server.stac, { clock: { now: Date.parse('2022-05-01T00:00:00Z') } });
    ({ values: first } = await ask());
    await (await stage.get(tilePath(UPPER))).arrayBuffer();
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('is not for ever, however it is asked for', async () => {
    const version = stage.engine.service.version({ season: 'summer', year: 2021, model: 'trees' });
    const response = await stage.get(`${PATH}&v=${version}`);
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=300, must-revalidate');
  });

  test('within six hours nobody is asked', async () => {
    server.seen.length = 0;
    stage.clock.now += 5 * HOUR;
    assert.equal((await ask()).state, 'final');
    assert.deepEqual(server.seen, []);
  });

  test('a new scene: what is archived is shown as stale, and not made anew for ten days', async () => {
    server.describe = (item) => item;
    stage.clock.now += 7 * DAY;
    const stale = await becomes('stale');
    assert.deepEqual(stale.values, first);
    assert.equal(stale.etag, null);
    assert.equal(stale.cache, 'no-cache');
    assert.equal(stage.engine.service.stats().running, 0);
  });

  test('while the catalogue is away it stays as it is', async () => {
    server.onSearch = () => (response) => void response.writeHead(503).end();
    stage.clock.now += DAY;
    const stale = await becomes('stale');
    assert.deepEqual(stale.values, first);
    server.onSearch = () => undefined;
  });

  test('after ten days it is made anew in the background, with the new scene', async () => {
    stage.clock.now += 3 * DAY;
    assert.deepEqual((await ask()).values, first);
    const made = await becomes('final');
    assert.notDeepEqual(made.values, first);
    assert.ok(made.values.every((count, i) => count >= (first[i] ?? 0)));
  });
});
