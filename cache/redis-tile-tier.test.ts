import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { REST_MS } from './breaker.js';
import type { FaultReport } from './fault-log.js';
import { describeOnRedis, startRedis, type RedisServer } from './redis-server.js';
import { RedisTileTier, type RedisTileTierOptions } from './redis-tile-tier.js';
import { sealTile } from './tile-envelope.js';
import { testTile, tileTierConformance } from './tile-tier.conformance.js';
import type { FinalTile } from './tile-tier.js';

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;

/** Tries until it holds; fails after a time that no machine needs. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    if (await holds()) return;
    await sleep(10);
  }
  assert.fail(`never: ${what}`);
}

describeOnRedis('tiles in Redis', () => {
  let server: RedisServer;
  /** What people see who look into it. */
  let redis: Redis;
  let databases = 0;
  const tiers: RedisTileTier[] = [];
  let reports: FaultReport[] = [];

  async function open(changes: Partial<RedisTileTierOptions> = {}): Promise<RedisTileTier> {
    const tier = new RedisTileTier({
      url: server.url,
      quotaBytes: 16 * MIB,
      ttlMs: DAY_MS,
      maxValueBytes: MIB,
      report: (report) => reports.push(report),
      ...changes,
    });
    tiers.push(tier);
    await until('connected', () => tier.up);
    return tier;
  }

  const nameOf = ({ etag }: FinalTile): string => `geocrop:tiles:${etag.slice(1, -1)}`;
  /** What lies there, counted as the index counts it. */
  async function entries(): Promise<{ names: string[]; units: number; indexed: number; total: number }> {
    const names = await redis.keys('geocrop:tiles:*');
    const sizes = await Promise.all(names.map((name) => redis.strlen(name)));
    const scores = await redis.zrange('geocrop:tiles', '0', '-1', 'WITHSCORES');
    let total = 0;
    let indexed = 0;
    for (let at = 0; at < scores.length; at += 2) {
      const score = Number(scores[at + 1]);
      if (scores[at] === ' ') total = 0 - score;
      else indexed += score % 2 ** 21;
    }
    return {
      names,
      units: sizes.reduce((sum, size) => sum + Math.ceil((size + 384) / 512), 0),
      indexed,
      total,
    };
  }

  before(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
  });
  beforeEach(async () => {
    reports = [];
    await redis.flushall();
  });
  afterEach(async () => {
    await Promise.all(tiers.splice(0).map((tier) => tier.close()));
  });
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  // Databases keep them apart; the sixteenth is the last of a Redis that nobody has configured.
  tileTierConformance('redis', async ({ quotaBytes }) => {
    const url = `${server.url}/${1 + (databases++ % 15)}`;
    const tier = new RedisTileTier({
      url,
      quotaBytes,
      ttlMs: DAY_MS,
      maxValueBytes: MIB,
      report: (report) => assert.fail(String(report.failed?.error)),
    });
    await until('connected', () => tier.up);
    return { tier, close: () => tier.close() };
  });

  describe('an entry', () => {
    test('has its time, and is gone after it', async () => {
      const long = await open({ ttlMs: 7 * DAY_MS });
      const tile = testTile('a');
      await long.set(tile);
      const left = await redis.pttl(nameOf(tile));
      assert.ok(left > 7 * DAY_MS - 60_000 && left <= 7 * DAY_MS, `${left} ms`);
      const short = await open({ ttlMs: 50 });
      await short.set(tile);
      await until('it is gone', async () => (await short.get(tile.etag)) === undefined);
      assert.equal(short.stats().damaged, 0);
    });

    test('that is too large is not put there', async () => {
      const tier = await open({ maxValueBytes: 2_000 });
      await tier.set(testTile('fits', 2_000));
      await tier.set(testTile('too large', 2_001));
      assert.deepEqual((await entries()).names, [nameOf(testTile('fits'))]);
      assert.equal(tier.stats().dropped, 1);
      assert.notEqual(await tier.get(testTile('fits').etag), undefined);
    });

    test('that is damaged, foreign or of another kind is a miss, counted and removed', async () => {
      const tier = await open();
      const tile = testTile('a', 5_000);
      const flipped = sealTile(tile);
      flipped[3_000]! ^= 0x10;
      const spoil: Record<string, () => Promise<unknown>> = {
        'a bit': () => redis.set(nameOf(tile), flipped),
        cut: () => redis.set(nameOf(tile), sealTile(tile).subarray(0, 4_000)),
        'another tile': () => redis.set(nameOf(tile), sealTile(testTile('b'))),
        'a text': () => redis.set(nameOf(tile), 'a stranger’s'),
        'a list': async () => {
          await redis.del(nameOf(tile));
          await redis.rpush(nameOf(tile), 'a', 'b');
        },
      };
      let damaged = 0;
      for (const [what, how] of Object.entries(spoil)) {
        await tier.set(tile);
        await how();
        assert.equal(await tier.get(tile.etag), undefined, what);
        assert.equal(tier.stats().damaged, (damaged += 1), what);
        await until(`${what} is removed`, async () => (await redis.exists(nameOf(tile))) === 0);
      }
      const { indexed, total } = await entries();
      assert.deepEqual([indexed, total], [0, 0]);
      assert.deepEqual(reports, []);
    });

    test('of any size that is not ours costs no more memory than one of ours', async () => {
      const tier = await open();
      const tile = testTile('a');
      await redis.setrange(nameOf(tile), 64 * MIB, 'end');
      const before = process.memoryUsage().arrayBuffers;
      assert.equal(await tier.get(tile.etag), undefined);
      assert.ok(process.memoryUsage().arrayBuffers - before < 16 * MIB);
      await until('it is removed', async () => (await redis.exists(nameOf(tile))) === 0);
    });

    test('takes memory of its own size here, whatever came with it', async () => {
      const tier = await open();
      await Promise.all([1, 2, 3].map((at) => tier.set(testTile(`small ${at}`, 300))));
      const back = await Promise.all([1, 2, 3].map((at) => tier.get(testTile(`small ${at}`).etag)));
      assert.deepEqual(
        back.map((tile) => tile?.body.buffer.byteLength),
        [300, 300, 300],
      );
    });
  });

  describe('the quota', () => {
    test('counts exactly what is there', async () => {
      const tier = await open();
      for (let at = 0; at < 30; at += 1) await tier.set(testTile(`tile ${at % 20}`, 100 + at * 333));
      const { names, units, indexed, total } = await entries();
      assert.equal(names.length, 20);
      assert.deepEqual([indexed, total, tier.stats().bytes], [units, units, units * 512]);
    });

    test('holds while several write at once, and Redis takes about as much as it says', async () => {
      const quotaBytes = 4 * MIB;
      const before = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
      const writers = await Promise.all([open({ quotaBytes }), open({ quotaBytes }), open({ quotaBytes })]);
      let ended = false;
      let most = 0;
      let looks = 0;
      const watch = (async () => {
        while (!ended) {
          most = Math.max(most, -Number((await redis.zscore('geocrop:tiles', ' ')) ?? 0) * 512);
          looks += 1;
        }
      })();
      await Promise.all(
        writers.map(async (tier, writer) => {
          for (let at = 0; at < 60; at += 1) {
            await Promise.all(
              Array.from({ length: 10 }, (_, i) =>
                tier.set(testTile(`${(at + writer) % 50}/${i}`, 2_000 + 97 * ((at * i) % 300))),
              ),
            );
          }
        }),
      );
      ended = true;
      await watch;
      assert.ok(looks > 10 && most > quotaBytes * 0.9 && most <= quotaBytes, `${most} bytes at most`);
      const { units, indexed, total } = await entries();
      assert.deepEqual([indexed, total], [units, units]);
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]) - before;
      // Slack: a quarter for the allocator's size classes, and 2 MiB for connections and buffers.
      assert.ok(used < quotaBytes * 1.25 + 2 * MIB, `${used} bytes`);
    });

    test('is kept by the least recently used', async () => {
      const tier = await open({ quotaBytes: 22_000 });
      for (let at = 0; at < 6; at += 1) await tier.set(testTile(`old ${at}`, 2_600));
      // Uses are told in seconds: these were all written a minute ago, but for one that was read since.
      for (let at = 0; at < 6; at += 1) {
        const { etag } = testTile(`old ${at}`);
        await redis.zincrby('geocrop:tiles', -60 * 2 ** 21, etag.slice(1, -1));
      }
      const { etag } = testTile('old 2');
      const score = async (): Promise<number> =>
        Number(await redis.zscore('geocrop:tiles', etag.slice(1, -1)));
      const unused = await score();
      await tier.get(etag);
      await until('the use is noted', async () => (await score()) > unused);
      for (let at = 0; at < 4; at += 1) await tier.set(testTile(`new ${at}`, 2_600));
      assert.notEqual(await tier.get(etag), undefined);
      for (let at = 0; at < 4; at += 1)
        assert.notEqual(await tier.get(testTile(`new ${at}`).etag), undefined);
      assert.equal(await tier.get(testTile('old 0').etag), undefined);
    });

    test('that was lowered is reached by and by', async () => {
      const large = await open();
      await Promise.all(Array.from({ length: 1_000 }, (_, at) => large.set(testTile(`tile ${at}`, 1_000))));
      const small = await open({ quotaBytes: 50_000 });
      for (let at = 0; at < 6; at += 1) await small.set(testTile(`new ${at}`, 1_000));
      const { names, units, total } = await entries();
      assert.ok(total * 512 <= 50_000 && names.length > 10, `${total} units, ${names.length} tiles`);
      assert.equal(units, total);
    });

    test('does not count for long what Redis has removed, or whose time is over', async () => {
      const tier = await open({ quotaBytes: 400_000 });
      for (let at = 0; at < 100; at += 1) await tier.set(testTile(`tile ${at}`, 1_000));
      const names = await redis.keys('geocrop:tiles:*');
      await redis.unlink(...names.slice(10));
      for (let at = 0; at < 100; at += 1) await tier.set(testTile(`new ${at}`, 1_000));
      const { units, indexed, total } = await entries();
      assert.equal(indexed, total);
      assert.ok(total < units + 20 * 3, `${total} units of ${units} that are there`);
    });

    test('begins anew after a flush', async () => {
      const tier = await open();
      await tier.set(testTile('a'));
      await redis.flushall();
      assert.equal(await tier.get(testTile('a').etag), undefined);
      await tier.set(testTile('b'));
      const { names, units, total } = await entries();
      assert.deepEqual([names.length, total], [1, units]);
      assert.deepEqual(reports, []);
    });

    test('takes tiles in again whose index was lost', async () => {
      const tier = await open();
      for (let at = 0; at < 50; at += 1) await tier.set(testTile(`tile ${at}`));
      await redis.del('geocrop:tiles');
      await tier.set(testTile('new'));
      await until('all are counted', async () => {
        const { units, indexed, total } = await entries();
        return total === units && indexed === units;
      });
      const score = async (name: string): Promise<number> =>
        Number(await redis.zscore('geocrop:tiles', testTile(name).etag.slice(1, -1)));
      assert.ok((await score('tile 7')) < (await score('new')), 'they go first');
    });
  });

  describe('a Redis that others use too', () => {
    test('keeps all that is theirs', async () => {
      await redis.mset('session:1', 'a', 'geocrop', 'b', 'geocrop:tilesets', 'c');
      const tier = await open({ quotaBytes: 20_000 });
      for (let at = 0; at < 50; at += 1) await tier.set(testTile(`tile ${at}`));
      assert.deepEqual(await redis.mget('session:1', 'geocrop', 'geocrop:tilesets'), ['a', 'b', 'c']);
      const others = (await redis.keys('*')).filter((name) => !name.startsWith('geocrop:tiles:'));
      assert.deepEqual(others.sort(), ['geocrop', 'geocrop:tiles', 'geocrop:tilesets', 'session:1']);
    });

    test('and that has no such database is not used at all', async () => {
      const tier = new RedisTileTier({
        url: `${server.url}/99`,
        quotaBytes: MIB,
        ttlMs: DAY_MS,
        maxValueBytes: MIB,
        report: (report) => reports.push(report),
      });
      tiers.push(tier);
      await until('it is said', () => reports.length > 0);
      assert.match(reports[0]?.failed?.error.message ?? '', /DB index/);
      // Longer than it rests after a failure.
      for (let at = 0; at < 70; at += 1) {
        await tier.set(testTile(`tile ${at}`));
        await sleep(REST_MS / 60);
      }
      assert.equal(await redis.dbsize(), 0);
    });

    test('and whose database is named is left alone elsewhere', async () => {
      const tier = await open({ url: `${server.url}/5` });
      await tier.set(testTile('a'));
      assert.equal(await redis.dbsize(), 0);
      assert.notEqual(await tier.get(testTile('a').etag), undefined);
    });
  });

  test('a burst that keeps this process busy is no fault of Redis', async () => {
    const tier = await open({ quotaBytes: 64 * MIB });
    const tiles = Array.from({ length: 200 }, (_, at) => testTile(`tile ${at}`, 40_000));
    for (const tile of tiles) await tier.set(tile);
    const asked = Promise.all(tiles.map(({ etag }) => tier.get(etag)));
    // Longer than an answer is waited for: all of them have come, and none was read.
    const end = performance.now() + 400;
    while (performance.now() < end);
    assert.deepEqual(await asked, tiles);
    assert.deepEqual(tier.stats().reads, { failures: 0, skipped: 0 });
  });

  test('two processes have each other’s tiles', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    await one.set(testTile('a'));
    assert.deepEqual(await two.get(testTile('a').etag), testTile('a'));
  });

  test('a tile that is used is asked for with one command', async () => {
    const tier = await open();
    await tier.set(testTile('a'));
    await redis.config('RESETSTAT');
    await tier.get(testTile('a').etag);
    assert.match(await redis.info('commandstats'), /cmdstat_getrange:calls=1,/);
  });
});
