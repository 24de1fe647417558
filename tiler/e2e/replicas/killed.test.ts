import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked, Fault } from '../../../cache/faulty-proxy.js';
import { describeOnMinio } from '../../../cache/minio-server.js';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { bundleContents } from '../../../engine/classes/fixtures/fixtures.js';
import { FEATURE_ORDER_V1 } from '../../../engine/pixels/feature-order.js';
import { eventually } from '../../queue/eventually.js';
import { tilePath, writeBundle } from '../stage.js';
import { LOWER, TILE } from '../world.js';
import { told, type Answer } from './ask.js';
import { openProxiedStore, type ProxiedStore } from './on-minio.js';
import { Replicas, type Replica } from './replicas.js';

const LIMIT_MS = 240_000;
/** Reads of a metatile that are answered before one is not. */
const SOME_READS = 40;
/** Between a client's requests. */
const TRICKLE_MS = 20;
const PARENT = { z: 13, x: TILE.x >> 1, y: TILE.y >> 1 };
const never = (): void => undefined;

/** Where a worker is when it is killed. */
interface Moment {
  readonly name: string;
  /** Of the map that it computes: of the same values, and with a recipe of its own. */
  readonly model: string;
  /** Whether a tile was asked for and sent by then. */
  readonly sent: boolean;
  /** Has it stop there. Returns what is so once it has. */
  readonly stopAt: (stage: ProxiedStore, replicas: Replicas, recipe: string) => () => boolean;
}

const put = ({ method, url }: Asked, name: string): boolean => method === 'PUT' && url.includes(name);

/** The first request that is `it` gets so far and no further; all before and after it pass. */
function stall(after: number, it: (asked: Asked, recipe: string) => boolean): Moment['stopAt'] {
  return ({ proxy }, _, recipe) => {
    let there = false;
    const earlier = proxy.fault;
    proxy.fault = (asked): Fault | undefined => {
      if (there || !it(asked, recipe)) return earlier(asked);
      there = true;
      return { kind: 'stall-request', after };
    };
    return () => there;
  };
}

const MOMENTS: readonly Moment[] = [
  {
    name: 'before it has read anything',
    model: 'one',
    sent: false,
    stopAt: (_, { world }) => {
      let there = false;
      world.onSearch = () => {
        world.onSearch = () => undefined;
        there = true;
        return never;
      };
      return () => there;
    },
  },
  {
    name: 'in the middle of reading',
    model: 'two',
    sent: false,
    stopAt: (_, { world }) => {
      let reads = 0;
      world.onFile = () => ((reads += 1) > SOME_READS ? never : undefined);
      return () => reads > SOME_READS;
    },
  },
  {
    name: 'in the middle of a product of the pixels',
    model: 'three',
    sent: true,
    stopAt: stall(1_000, (asked) => put(asked, '/truecolor.tif')),
  },
  {
    name: 'between two products of the model',
    model: 'four',
    sent: true,
    stopAt: stall(0, (asked, recipe) => put(asked, recipe) && put(asked, '/classes.tif')),
  },
  {
    name: 'before item.json',
    model: 'five',
    sent: true,
    stopAt: stall(0, (asked, recipe) => put(asked, recipe) && put(asked, '/item.json')),
  },
  {
    name: 'between item.json and current.json',
    model: 'six',
    sent: true,
    stopAt: stall(0, (asked, recipe) => put(asked, recipe) && put(asked, '/current.json')),
  },
];

const of = (path: string, model: string): string => `${path}&model=${model}`;
const NATIVE = tilePath(TILE, 'wait=55');
const WHOLE = tilePath(PARENT, 'wait=55');
const LOW = tilePath({ ...TILE, y: LOWER.y * 4 }, 'wait=55');

describeOnRedis('workers that go', () => {
  describeOnMinio('on MinIO', () => {
    let redis: RedisServer;
    let store: ProxiedStore;
    let replicas: Replicas;
    let api: Replica;
    let rescuer: Replica;

    before(async () => {
      [redis, store, replicas] = await Promise.all([startRedis(), openProxiedStore(), Replicas.open()]);
      const bundle = bundleContents('trees', ['xgboost.onnx']);
      const { classes } = bundle['label_encoder.json'] as { classes: string[] };
      for (const [i, { model }] of MOMENTS.entries()) {
        // Colours are a part of a map's recipe, and of none of its values.
        const colours = Object.fromEntries(classes.map((name, at) => [name, `#00${10 + i}${20 + at}`]));
        await writeBundle(join(replicas.folder, 'models', model), {
          ...bundle,
          'bundle.json': { ...(bundle['bundle.json'] as object), name: model },
          'palette.json': colours,
        });
      }
      await replicas.expect([NATIVE, WHOLE, LOW]);
      api = await start('api');
    });
    after(async () => {
      await replicas.close();
      await store.close();
      await redis.stop();
    });

    const start = (role: 'api' | 'worker' | 'all'): Promise<Replica> =>
      replicas.start(role, {
        ...store.environment,
        GEOCROP_BLOCK_CACHE: join(replicas.folder, 'blocks'),
        // What is held back by the test must not be given up.
        GEOCROP_STORE_S3_TIMEOUT: '5m',
        GEOCROP_FETCH_TIMEOUT: '5m',
        GEOCROP_STAC_TIMEOUT: '5m',
        GEOCROP_QUEUE_REDIS_URL: redis.url,
        GEOCROP_MODEL: 'trees',
      });
    /** As a client that does what Retry-After says. */
    const patiently = async (path: string): Promise<Answer> => {
      for (;;) {
        const answer = await api.ask(path);
        if (answer.status === 200) return answer;
        assert.ok(answer.status === 503 && answer.retryAfter !== null, `${path} ${answer.body.toString()}`);
      }
    };
    const sameValues = (path: string, { etag: _, ...answer }: Answer): void =>
      replicas.isRight(path, { ...answer, etag: null });
    const recipeOf = async (model: string): Promise<string> => {
      const { status, body } = await api.ask(`/tilejson.json?season=summer&year=2021&model=${model}`);
      assert.equal(status, 200, body.toString() + api.err());
      const { geocrop } = JSON.parse(body.toString('utf8')) as { geocrop: { version: string } };
      return `/archive/${geocrop.version}`;
    };

    test('kill -9 at every stage of a metatile: it is done elsewhere, and whoever waits gets his tile', async () => {
      const workers: Replica[] = [];
      const waiting: Promise<void>[] = [];
      for (const { name, model, sent, stopAt } of MOMENTS) {
        const isThere = stopAt(store, replicas, await recipeOf(model));
        workers.push(await start('worker'));
        const [native, whole] = [NATIVE, WHOLE].map(async (path) =>
          sameValues(path, await patiently(of(path, model))),
        ) as [Promise<void>, Promise<void>];
        await eventually(`a worker that can be killed ${name}`, isThere, LIMIT_MS);
        if (sent) await native;
        waiting.push(native, whole);
        // The next worker's reads pass; those that are held stay so.
        replicas.world.onFile = () => undefined;
      }
      await Promise.all(workers.map((worker) => replicas.end(worker, 'SIGKILL')));
      rescuer = await start('worker');
      // The whole is sent once all of it is archived.
      await Promise.all(waiting);

      const fresh = await start('api');
      for (const { model } of MOMENTS) {
        const answer = await fresh.ask(of(NATIVE, model));
        assert.equal(answer.tier, 'archive', told(answer));
        sameValues(NATIVE, answer);
      }
      await replicas.end(fresh, 'SIGKILL');
      const { code, out } = await store.verify();
      assert.equal(code, 0, out);
      assert.match(out, /nothing is broken/);
      assert.doesNotMatch(out, /half-written/);
    });

    test('SIGTERM in the middle of reading: another goes on with it, and whoever waits gets his tile', async () => {
      let held = 0;
      replicas.world.onFile = () => ((held += 1) > 0 ? never : undefined);
      const waiting = patiently(LOW);
      await eventually('it reads', () => held > 0, LIMIT_MS);
      const next = start('worker');
      const { code } = await replicas.end(rescuer, 'SIGTERM');
      assert.equal(code, 0);
      replicas.world.onFile = () => undefined;
      await next;
      sameValues(LOW, await waiting);
    });

    test('two servers started anew one after the other: nothing but 200, and 503 with Retry-After', async () => {
      const servers = [await start('all'), await start('all')];
      const cold = FEATURE_ORDER_V1.map((layer) => tilePath(TILE, `layer=${layer}&wait=5`));
      const statuses = new Map<number, number>();
      let refused = 0;
      let over = false;
      /** As an edge does it: who does not take a connection is passed over. */
      const ask = async (path: string, first: number): Promise<Answer> => {
        for (let at = first; ; at += 1) {
          try {
            return await (servers[at % servers.length] as Replica).ask(path);
          } catch (error) {
            refused += 1;
            assert.ok(refused < 10_000, String(error));
            await sleep(TRICKLE_MS);
          }
        }
      };
      const client = async (number: number): Promise<void> => {
        for (let turn = number; !over; turn += 1) {
          const path =
            number === 0 ? (cold[turn % cold.length] as string) : ([NATIVE, LOW][turn % 2] as string);
          const answer = await ask(path, turn);
          await sleep(TRICKLE_MS);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status === 503) assert.ok((answer.retryAfter ?? 0) > 0, told(answer));
          else if (number === 0) assert.equal(answer.status, 200, told(answer));
          else sameValues(path, answer);
        }
      };
      const clients = Promise.all([0, 1, 2].map(client));
      for (const at of servers.keys()) {
        const { code } = await replicas.end(servers[at] as Replica, 'SIGTERM');
        assert.equal(code, 0);
        servers[at] = await start('all');
      }
      over = true;
      await clients;
      assert.ok((statuses.get(200) ?? 0) > 0);
      assert.deepEqual(
        [...statuses.keys()].filter((status) => status !== 200 && status !== 503),
        [],
      );
    });
  });
});
