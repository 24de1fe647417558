import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { pixelWindowLonLat } from '../../../engine/geo/tile-matrix.js';
import { modelsFolder, tilePath } from '../stage.js';
import { AREA, COLLECTION, FEW_SCENES, LOWER, makeWorld, UPPER, YEAR } from '../world.js';
import { WorldServer } from '../world-server.js';
import { geocrop, serving, type Ended, type Serving } from './geocrop-process.js';

const GROUND = pixelWindowLonLat(14, AREA.left, AREA.top, AREA.right - AREA.left, AREA.bottom - AREA.top);

describeOnRedis('geocrop warm on a shared queue', () => {
  let folder: string;
  let world: WorldServer;
  let redis: RedisServer;
  const servers: Serving[] = [];
  const environment = (): Record<string, string> => ({
    GEOCROP_QUEUE_REDIS_URL: redis.url,
    GEOCROP_STAC: world.stac,
    GEOCROP_COLLECTION: COLLECTION,
    GEOCROP_STORE: join(folder, 'store'),
    GEOCROP_MODELS: join(folder, 'models'),
  });
  const warm = (): Promise<Ended> =>
    geocrop(['warm', '--bbox', GROUND.join(), '--year', String(YEAR)], environment());
  const serve = async (role: string): Promise<Serving> => {
    const server = await serving(['serve', '--role', role, '--port', '0'], environment());
    servers.push(server);
    return server;
  };
  const decoded = async ({ url }: Serving): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^geocrop_blocks_decoded_total (\d+)/m.exec(text)?.[1] ?? NaN);
  };

  before(async () => {
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-warm-'));
    await modelsFolder(folder);
    world = await WorldServer.start(await makeWorld(FEW_SCENES));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await redis.stop();
    await world.stop();
    await rm(folder, { recursive: true });
  });

  test('a worker computes what it orders; an api serves it', async () => {
    const worker = await serve('worker');
    assert.equal(await decoded(worker), 0);
    const { code, out, err } = await warm();
    assert.equal(code, 0, out + err);
    assert.match(out, /: 2 computed\.\nZooms 6 to 11 are made of what is there\.\n$/);
    assert.ok((await decoded(worker)) > 0, 'decoded by the worker');
    await worker.stop();

    const api = await serve('api');
    for (const tile of [UPPER, LOWER]) {
      const response = await fetch(`${api.url}${tilePath(tile)}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    }
  });

  test('with all of it there, no worker is needed', async () => {
    const { code, out, err } = await warm();
    assert.equal(code, 0, out + err);
    assert.match(out, /nothing to do\.\n/);
  });
});
