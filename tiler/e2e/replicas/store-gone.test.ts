import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test, type TestContext } from 'node:test';
import type { Fault } from '../../../cache/faulty-proxy.js';
import { describeOnMinio } from '../../../cache/minio-server.js';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { FEATURE_ORDER_V1 } from '../../../engine/pixels/feature-order.js';
import { eventually } from '../../queue/eventually.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import { tilePath } from '../stage.js';
import { LOWER, TILE, UPPER } from '../world.js';
import { says } from '../world-server.js';
import { told, type Answer } from './ask.js';
import { openProxiedStore, type ProxiedStore } from './on-minio.js';
import { Replicas, type Replica } from './replicas.js';

const LIMIT_MS = 120_000;
const NATIVE = tilePath(TILE, 'wait=55');
/** Each a metatile's work of its own. */
const COLD = FEATURE_ORDER_V1.slice(0, 16).map((layer) => tilePath(TILE, `layer=${layer}&wait=20`));
const LOW = tilePath({ ...TILE, y: LOWER.y * 4 }, 'wait=20');
/** Archived, and asked for once each: with pixels, and of a layer that nobody has asked for. */
const ARCHIVED = nativeTiles(UPPER).map((tile) => tilePath(tile, 'layer=confidence&wait=20'));

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['answers 500', { kind: 'status', status: 500, code: 'InternalError' }],
  ['answers 503', { kind: 'status', status: 503, code: 'SlowDown' }],
  ['hangs', { kind: 'hang' }],
  ['cuts bodies', { kind: 'cut', after: 10 }],
  ['closes connections', { kind: 'reset' }],
];
const WRITING: readonly (readonly [string, Fault])[] = [
  ['answers 500', { kind: 'status', status: 500, code: 'InternalError' }],
  ['cuts them', { kind: 'cut-request', after: 1_000 }],
  ['is full', { kind: 'status', status: 507, code: 'XMinioStorageFull' }],
];

describeOnRedis('servers that share a store and a Redis', () => {
  describeOnMinio('on MinIO', () => {
    let redis: RedisServer;
    let store: ProxiedStore;
    let replicas: Replicas;
    let all: Replica;
    let api: Replica;
    let cold = 0;
    let archived = 0;

    before(async () => {
      [redis, store, replicas] = await Promise.all([startRedis(), openProxiedStore(), Replicas.open()]);
      await replicas.expect([NATIVE, LOW, ...COLD, ...ARCHIVED]);
      [all, api] = await Promise.all([start('all'), start('api')]);
      await right(api, NATIVE);
      await eventually('it is archived', () => isArchived(all), LIMIT_MS);
      await right(all, NATIVE);
    });
    after(async () => {
      await replicas.close();
      await store.close();
      await redis.stop();
    });

    afterEach(() => {
      store.proxy.fault = () => undefined;
      replicas.world.mend();
    });

    const start = (role: 'all' | 'api'): Promise<Replica> =>
      replicas.start(role, {
        ...store.environment,
        GEOCROP_STORE_S3_TIMEOUT: '1s',
        GEOCROP_BLOCK_CACHE: join(replicas.folder, 'blocks'),
        GEOCROP_QUEUE_REDIS_URL: `${redis.url}/0`,
        GEOCROP_CACHE_REDIS_URL: `${redis.url}/1`,
      });
    const isArchived = async (server: Replica): Promise<boolean> =>
      (await server.metric('geocrop_stage_seconds_count', 'stage="write"')) > 0;
    const nextCold = (): string => COLD[cold++] ?? assert.fail('no cold layer is left');
    const nextArchived = (): string => ARCHIVED[archived++] ?? assert.fail('no tile is left');
    const right = async (server: Replica, path: string): Promise<Answer> => {
      const answer = await server.ask(path);
      replicas.isRight(path, answer);
      return answer;
    };
    /** Right, or told to come back: never an error, and never other pixels. */
    const rightOrLater = async (server: Replica, path: string): Promise<Answer> => {
      const answer = await server.ask(path);
      if (answer.status === 503) assert.ok((answer.retryAfter ?? 0) > 0, told(answer));
      else replicas.isRight(path, answer);
      return answer;
    };
    /** The fault is over: what there is comes, and a cold tile is computed for an api. */
    const isWell = async (t: TestContext, path: string): Promise<void> => {
      const begun = performance.now();
      const comes = async (): Promise<boolean> => (await rightOrLater(api, path)).status === 200;
      await eventually('it is computed for an api', comes, LIMIT_MS);
      t.diagnostic(`full service ${((performance.now() - begun) / 1000).toFixed(1)} s after the fault`);
    };

    for (const [what, fault] of FAULTS) {
      test(`the store ${what}: what is in memory and in Redis comes`, async (t) => {
        const [shared, not] = [nextArchived(), nextArchived()];
        const written = await all.metric('geocrop_tier_written_total', 'tier="redis"');
        await right(all, shared);
        await eventually('it is in Redis', async () => {
          return (await all.metric('geocrop_tier_written_total', 'tier="redis"')) > written;
        });
        store.proxy.fault = () => fault;
        assert.equal((await right(all, NATIVE)).tier, 'memory');
        const answers = await Promise.all([
          rightOrLater(api, shared),
          rightOrLater(api, not),
          rightOrLater(all, nextCold()),
        ]);
        // A machine that is too busy to hear Redis in time asks the store.
        if (answers[0].status === 200) assert.match(answers[0].tier ?? '', /redis|archive/);
        store.proxy.fault = () => undefined;
        await isWell(t, nextCold());
        await right(api, not);
      });
    }

    for (const [what, fault] of WRITING) {
      test(`the store takes nothing and ${what}: tiles come all the same`, async (t) => {
        store.proxy.fault = ({ method, url }) =>
          method === 'PUT' && url.includes('/archive/') ? fault : undefined;
        const path = nextCold();
        assert.equal((await right(api, path)).tier, 'computed');
        store.proxy.fault = () => undefined;
        await isWell(t, nextCold());
      });
    }

    test('the catalogue is down: what is archived comes, also after a restart', async (t) => {
      replicas.world.onSearch = () => says(503);
      const refused = await api.ask(LOW);
      assert.deepEqual([refused.status, refused.code], [503, 'stac-unavailable'], told(refused));
      assert.ok((refused.retryAfter ?? 0) > 0);
      const restarted = await start('api');
      await right(restarted, NATIVE);
      await replicas.end(restarted);
      replicas.world.mend();
      await isWell(t, LOW);
    });

    test('all that was archived meanwhile is whole', async () => {
      for (const server of [all, api]) {
        assert.equal(await server.metric('geocrop_http_requests_total', 'status="500"'), 0);
        const { code, err } = await replicas.end(server);
        assert.equal(code, 0, err);
        assert.doesNotMatch(err, /\n\s+at |Unhandled/);
      }
      const { code, out } = await store.verify();
      assert.equal(code, 0, out);
      assert.match(out, /nothing is broken/);
      const fresh = await start('api');
      for (const path of [NATIVE, LOW, ...ARCHIVED]) await right(fresh, path);
    });
  });
});
