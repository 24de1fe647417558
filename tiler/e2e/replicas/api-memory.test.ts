import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import { tilePath } from '../stage.js';
import { UPPER } from '../world.js';
import { Replicas, type Replica } from './replicas.js';

/** What an api may take. docs/architecture.md, "Budgets". */
const LIMIT = 512 * 2 ** 20;
const REQUESTS = 3_000;
const AT_ONCE = 100;
const LIMIT_MS = 120_000;
/** The model that comes with GeoCrop. */
const MODEL = 'Ensemble';
const LAYERS = ['classes', 'confidence', 'observations', 'truecolor'];
const PATHS = nativeTiles(UPPER).flatMap((tile) =>
  LAYERS.flatMap((layer) =>
    ['.png', '@2x.png', '.npy', '.tif'].map((suffix) => tilePath(tile, `layer=${layer}`, suffix)),
  ),
);

describeOnRedis('the memory of an api', () => {
  let redis: RedisServer;
  let replicas: Replicas;

  before(async () => {
    [redis, replicas] = await Promise.all([startRedis(), Replicas.open()]);
  });
  after(async () => {
    await replicas.close();
    await redis.stop();
  });

  const withoutProc = process.platform === 'linux' ? false : 'needs Linux: reads /proc';
  test(
    `stays below ${LIMIT / 2 ** 20} MB through ${REQUESTS} archived tiles`,
    { skip: withoutProc },
    async (t) => {
      const start = (role: 'api' | 'worker'): Promise<Replica> =>
        replicas.start(role, {
          GEOCROP_STORE: join(replicas.folder, 'store'),
          GEOCROP_MODELS: 'models',
          GEOCROP_MODEL: MODEL,
          GEOCROP_QUEUE_REDIS_URL: redis.url,
          GEOCROP_LOG_LEVEL: 'warn',
        });
      const [api, worker] = await Promise.all([start('api'), start('worker')]);
      const [first = ''] = PATHS;
      const until = Date.now() + LIMIT_MS;
      // Of a tile that is archived, `whole` is: the zoom above is sent once it is.
      const parent = tilePath({ z: 13, x: UPPER.x * 2, y: UPPER.y * 2 }, 'wait=55');
      while ((await api.ask(parent)).status !== 200) assert.ok(Date.now() < until, 'it is never computed');
      await replicas.end(worker);

      let asked = 0;
      const client = async (): Promise<void> => {
        while (asked < REQUESTS) {
          const path = PATHS[asked++ % PATHS.length] ?? first;
          const answer = await api.ask(path);
          assert.equal(answer.status, 200, `${path}: ${answer.body.toString()}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, client));
      const status = await readFile(`/proc/${api.pid}/status`, 'utf8');
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
      t.diagnostic(`${(peak / 2 ** 20).toFixed(0)} MB at the peak`);
      assert.ok(peak < LIMIT, `${peak / 2 ** 20} MB`);
    },
  );
});
