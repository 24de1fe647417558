import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { freePort } from '../../cache/free-port.js';
import { describeOnRedis, startRedis, type RedisServer } from '../../cache/redis-server.js';
import { isGeoCropError } from '../../engine/errors.js';
import { eventually } from './eventually.js';
import { openRedisBoard } from './redis-board.js';
import { BOARD_TIMEOUT_MS, type SharedBoard } from './shared-board.js';

const unavailable = (error: unknown): boolean => isGeoCropError(error, 'queue-unavailable');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

interface Stage {
  readonly server: RedisServer;
  readonly warnings: string[];
  /** One more process's board; closed with the stage. */
  readonly open: (prefix?: string) => SharedBoard;
}

async function onStage(run: (stage: Stage) => Promise<void>, ...settings: string[]): Promise<void> {
  const server = await startRedis(...settings);
  const boards: SharedBoard[] = [];
  const warnings: string[] = [];
  try {
    await run({
      server,
      warnings,
      open: (prefix) => {
        const board = openRedisBoard({
          url: server.url,
          ...(prefix === undefined ? {} : { prefix }),
          warn: (message) => warnings.push(message),
        });
        boards.push(board);
        return board;
      },
    });
  } finally {
    for (const board of boards) await board.close();
    await server.stop();
  }
}

const isUp = (board: SharedBoard): Promise<void> => eventually('the board is up', () => board.up);

describeOnRedis('the shared board', () => {
  test('wanted parts are seen by all, oldest first, and a renewal keeps their age', async () => {
    await onStage(async ({ open }) => {
      const [here, there] = [open(), open()];
      await isUp(here);
      await isUp(there);
      await here.want('m/1', 'b', 60_000);
      await sleep(5);
      await there.want('m/1', 'a', 60_000);
      const before = await there.wanted('m/1');
      await here.want('m/1', 'b', 60_000);
      await here.want('m/2', 'c', 60_000);
      const after = await here.wanted('m/1');
      assert.deepEqual(
        after.map(({ part }) => part),
        ['b', 'a'],
      );
      assert.deepEqual(after, before);
      await there.settle('m/1', 'b');
      assert.deepEqual(
        (await here.wanted('m/1')).map(({ part }) => part),
        ['a'],
      );
      assert.deepEqual(await here.wanted('m/3'), []);
    });
  });

  test('a part expires by itself, while another of its key stays; a shorter want does not shorten', async () => {
    await onStage(async ({ open, server }) => {
      const board = open();
      await isUp(board);
      await board.want('m', 'long', 60_000);
      await board.want('m', 'long', 1);
      await board.want('m', 'short', 30);
      await eventually('the short one is gone', async () => (await board.wanted('m')).length === 1);
      assert.equal((await board.wanted('m'))[0]?.part, 'long');
      const redis = new Redis(server.url);
      const ttl = await redis.pttl('geocrop:want:m');
      assert.ok(ttl > 30_000 && ttl <= 60_000, `${ttl} ms`);
      redis.disconnect();
    });
  });

  test('what nobody renews leaves no key behind', async () => {
    await onStage(async ({ open, server }) => {
      const board = open();
      await isUp(board);
      await board.want('m', 'a', 20);
      await board.post('r', bytes('x'), 20);
      const redis = new Redis(server.url);
      await eventually('no key is left', async () => (await redis.dbsize()) === 0);
      redis.disconnect();
    });
  });

  test('a result is told of after it can be fetched, byte for byte', async () => {
    await onStage(async ({ open }) => {
      const [here, there] = [open(), open()];
      const every = Uint8Array.from({ length: 256 }, (_, i) => i);
      const heard: Promise<Uint8Array | undefined>[] = [];
      // One that is told of when all is closed is nobody's.
      there.onPost((name) => void heard.push(there.fetch(name).catch(() => undefined)));
      await isUp(here);
      await isUp(there);
      await eventually('it is told', async () => {
        await here.post('tile/1', every, 60_000);
        return heard.length > 0;
      });
      assert.deepEqual(new Uint8Array((await heard[0]) ?? []), every);
      assert.equal(await here.fetch('tile/2'), undefined);
    });
  });

  test('announcements reach all, this one too, until nobody listens; a listener that throws harms none', async () => {
    await onStage(async ({ open, warnings }) => {
      const [here, there] = [open(), open()];
      const heard: string[] = [];
      here.onAnnounce('news', () => {
        throw new Error('deaf');
      });
      const end = here.onAnnounce('news', (text) => heard.push(`here ${text}`));
      there.onAnnounce('news', (text) => heard.push(`there ${text}`));
      there.onAnnounce('other', (text) => heard.push(`other ${text}`));
      await eventually('both hear', () => {
        here.announce('news', 'a');
        return heard.includes('here a') && heard.includes('there a');
      });
      assert.ok(!heard.includes('other a'));
      assert.ok(warnings.includes('a listener of the shared board failed'));
      end();
      heard.length = 0;
      await eventually('only one hears', () => {
        here.announce('news', 'b');
        return heard.includes('there b');
      });
      assert.ok(!heard.includes('here b'));
    });
  });

  test('prefixes keep two installations on one Redis apart', async () => {
    await onStage(async ({ open }) => {
      const [one, two] = [open('one'), open('two')];
      await isUp(one);
      await isUp(two);
      await one.want('m', 'a', 60_000);
      assert.deepEqual(await two.wanted('m'), []);
    });
  });

  test('a Redis that is away at the start: refuses at once, and works when it is there', async () => {
    const port = await freePort();
    const board = openRedisBoard({ url: `redis://127.0.0.1:${port}`, warn: () => undefined });
    try {
      await assert.rejects(board.want('m', 'a', 1000), unavailable);
      board.announce('news', 'nobody hears');
      assert.equal(board.up, false);
    } finally {
      await board.close();
    }
    await onStage(async ({ open, server }) => {
      await server.kill();
      const late = open();
      const heard: string[] = [];
      late.onAnnounce('news', (text) => heard.push(text));
      await assert.rejects(late.wanted('m'), unavailable);
      await server.start();
      await isUp(late);
      await late.want('m', 'a', 60_000);
      await eventually('it hears', () => {
        late.announce('news', 'a');
        return heard.length > 0;
      });
    });
  });

  test('a wrong password: the log says that it is refused, and by what', async () => {
    const server = await startRedis();
    const said: { readonly message: string; readonly context: Readonly<Record<string, unknown>> }[] = [];
    const board = openRedisBoard({
      url: server.url.replace('//', '//nobody:wrong@'),
      warn: (message, context) => said.push({ message, context }),
    });
    try {
      await assert.rejects(board.want('m', 'a', 1000), unavailable);
      await eventually('it is said', () => said.length > 0);
      assert.deepEqual(
        said.map(({ message, context: { setting, error } }) => [message, setting, String(error).slice(0, 9)]),
        [['the shared Redis refuses', 'GEOCROP_QUEUE_REDIS_URL', 'WRONGPASS']],
      );
    } finally {
      await board.close();
      await server.stop();
    }
  });

  test('killed and empty again: subscriptions go on, and one line a minute is logged', async () => {
    await onStage(async ({ open, server, warnings }) => {
      const board = open();
      const heard: string[] = [];
      board.onAnnounce('news', (text) => heard.push(text));
      await isUp(board);
      for (let round = 0; round < 2; round += 1) {
        await server.kill();
        await eventually('it is seen to be away', () => !board.up);
        await assert.rejects(board.post('r', bytes('x'), 1000), unavailable);
        await server.start();
        heard.length = 0;
        await eventually('it hears', () => {
          board.announce('news', 'a');
          return heard.length > 0;
        });
      }
      assert.deepEqual([...new Set(warnings)].length, warnings.length);
    });
  });

  test('frozen: calls end, and all goes on when it thaws', async () => {
    await onStage(async ({ open, server }) => {
      const board = open();
      await isUp(board);
      await board.want('m', 'a', 60_000);
      server.freeze();
      const begun = performance.now();
      await assert.rejects(board.wanted('m'), unavailable);
      // Not a measure of speed: that it ends by its own time-out, not by the test's.
      assert.ok(performance.now() - begun < 5 * BOARD_TIMEOUT_MS);
      assert.equal(board.up, false);
      server.thaw();
      await eventually('it answers', async () => (await board.wanted('m')).length === 1);
      assert.equal(board.up, true);
    });
  });

  test('full: what does not fit is refused with a reason, what is there is still told', async () => {
    await onStage(
      async ({ open }) => {
        const board = open();
        await isUp(board);
        await board.want('m', 'a', 60_000);
        await assert.rejects(
          (async () => {
            for (let i = 0; i < 100; i += 1)
              await board.post(`r/${i}`, new Uint8Array(100_000).fill(i), 60_000);
          })(),
          (error) => isGeoCropError(error, 'queue-unavailable') && /full/.test(error.message),
        );
        assert.equal((await board.wanted('m')).length, 1);
        assert.equal(board.up, true);
      },
      '--maxmemory',
      '4mb',
      '--maxmemory-policy',
      'noeviction',
    );
  });
});
