import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { FEATURE_ORDER_V1 } from '../../../engine/pixels/feature-order.js';
import { eventually } from '../../queue/eventually.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import { tilePath } from '../stage.js';
import { LOWER, TILE, UPPER } from '../world.js';
import { told, type Answer } from './ask.js';
import { Replicas, type Replica } from './replicas.js';

const LIMIT_MS = 120_000;
const MIB = 2 ** 20;
/** What a burst may leave in a process for good: it is garbage, and caches that have bounds. */
const GROWTH = 192 * MIB;
const BURST = 300;
const ARCHIVED = nativeTiles(UPPER).map((tile) => tilePath(tile, 'wait=55'));
/** Each a metatile's work of its own, and nothing that is archived already. */
const COLD = FEATURE_ORDER_V1.slice(0, 12).map((layer) => tilePath(TILE, `layer=${layer}&wait=55`));
const LOW = tilePath({ ...TILE, y: LOWER.y * 4 }, 'wait=55');

describeOnRedis('Redis of the queue and Redis of the tiles', () => {
  let queue: RedisServer;
  let tiles: RedisServer;
  let replicas: Replicas;
  let all: Replica;
  let api: Replica;
  let number = 0;

  before(async () => {
    [queue, tiles, replicas] = await Promise.all([startRedis(), startRedis(), Replicas.open()]);
    await replicas.expect([...ARCHIVED, LOW, ...COLD]);
  });
  after(async () => {
    for (const server of [queue, tiles]) server.thaw();
    await replicas.close();
    await each((server) => server.stop());
  });

  const each = async (act: (server: RedisServer) => unknown): Promise<void> => {
    await Promise.all([queue, tiles].map(act));
  };
  const start = (role: 'all' | 'api'): Promise<Replica> =>
    replicas.start(role, {
      GEOCROP_STORE: join(replicas.folder, 'store'),
      GEOCROP_BLOCK_CACHE_BYTES: '0',
      GEOCROP_QUEUE_REDIS_URL: queue.url,
      GEOCROP_CACHE_REDIS_URL: tiles.url,
    });
  const next = (): string => {
    const path = COLD[number];
    if (path === undefined) throw new RangeError('no cold layer is left');
    number += 1;
    return path;
  };
  const right = async (server: Replica, path: string): Promise<Answer> => {
    const answer = await server.ask(path);
    replicas.isRight(path, answer);
    return answer;
  };
  /** What an api has is right; what it would have to have computed is asked for later. */
  const refused = async (path: string): Promise<void> => {
    const answer = await api.ask(path);
    assert.deepEqual([answer.status, answer.code], [503, 'queue-unavailable'], told(answer));
    assert.ok((answer.retryAfter ?? 0) > 0);
  };
  /** The fault is over: a worker computes for an api. */
  const isWell = async (t: TestContext): Promise<void> => {
    const begun = performance.now();
    const path = next();
    await eventually(
      'a cold tile is computed for an api',
      async () => {
        const answer = await api.ask(path);
        assert.ok(answer.status === 200 || answer.status === 503, told(answer));
        if (answer.status !== 200) return false;
        replicas.isRight(path, answer);
        return true;
      },
      LIMIT_MS,
    );
    t.diagnostic(`full service ${((performance.now() - begun) / 1000).toFixed(1)} s after the fault`);
  };
  const memory = async (): Promise<number[]> =>
    Promise.all([all, api].map((server) => server.metric('process_resident_memory_bytes')));
  /** Many at once, of what is there, what is not, and what comes; gives who was told to come back. */
  const burst = async (path: string): Promise<void> => {
    const before = await memory();
    await Promise.all(
      Array.from({ length: BURST }, async (_, i) => {
        const server = i % 2 === 0 ? all : api;
        const asked = i % 8 < 2 ? path : (ARCHIVED[i % ARCHIVED.length] as string);
        const answer = await server.ask(asked);
        if (server === api && asked === path && answer.status === 503) {
          assert.ok((answer.retryAfter ?? 0) > 0, told(answer));
        } else replicas.isRight(asked, answer);
      }),
    );
    const grown = (await memory()).map((bytes, i) => bytes - (before[i] ?? 0));
    assert.ok(
      grown.every((bytes) => bytes < GROWTH),
      `grown by ${grown.map((bytes) => bytes / MIB).join(', ')} MiB`,
    );
  };

  test('gone at the start: who computes serves all, an api what is archived', async (t) => {
    await each((server) => server.kill());
    [all, api] = await Promise.all([start('all'), start('api')]);
    for (const path of ARCHIVED) await right(all, path);
    await eventually(
      'it is archived',
      async () => {
        return (await all.metric('geocrop_stage_seconds_count', 'stage="write"')) > 0;
      },
      LIMIT_MS,
    );
    for (const path of ARCHIVED) assert.equal((await right(api, path)).tier, 'archive');
    await refused(next());
    await each((server) => server.start());
    await isWell(t);
  });

  test('gone in the middle of a metatile: it is finished', async (t) => {
    let reads = 0;
    const held: (() => void)[] = [];
    replicas.world.onFile = () => {
      reads += 1;
      if (reads < 20) return undefined;
      return (response) => void held.push(() => response.destroy());
    };
    const [here, there] = [all.ask(LOW), api.ask(LOW)];
    await eventually('it is read', () => held.length > 0, LIMIT_MS);
    await each((server) => server.kill());
    replicas.world.onFile = () => undefined;
    for (const release of held) release();
    replicas.isRight(LOW, await here);
    await burst(next());
    // Nobody tells the api: it looks for itself whether it is archived.
    replicas.isRight(LOW, await there);
    await each((server) => server.start());
    await isWell(t);
  });

  test('frozen: nobody hangs', async (t) => {
    await each((server) => server.freeze());
    await right(all, next());
    await refused(next());
    await burst(next());
    await each((server) => server.thaw());
    await isWell(t);
  });

  test('full: it is as if it were gone', async (t) => {
    const admins = [queue, tiles].map((server) => new Redis(server.url));
    t.after(() => admins.forEach((admin) => admin.disconnect()));
    const limit = (bytes: string): Promise<unknown> =>
      Promise.all(admins.map((admin) => admin.config('SET', 'maxmemory', bytes)));
    await limit('1');
    await right(all, next());
    await refused(next());
    await burst(next());
    await limit('0');
    await isWell(t);
  });

  test('none of it was a server’s fault', async () => {
    for (const server of [all, api]) {
      assert.equal(await server.metric('geocrop_http_requests_total', 'status="500"'), 0);
      const { code, err } = await replicas.end(server);
      assert.equal(code, 0, err);
      assert.doesNotMatch(err, /\n\s+at |Unhandled|\[ioredis\]/);
    }
  });
});
