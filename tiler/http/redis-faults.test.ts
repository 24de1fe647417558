import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { FaultReport } from '../../cache/fault-log.js';
import { describeOnRedis, startRedis, type RedisServer } from '../../cache/redis-server.js';
import { RedisTileTier, type RedisTileTierOptions } from '../../cache/redis-tile-tier.js';
import { testTile } from '../../cache/tile-tier.conformance.js';
import { testApp, type TestApp } from './testing.js';

const MIB = 2 ** 20;

/** One of several processes that share a Redis. */
interface Replica {
  readonly tier: RedisTileTier;
  readonly reports: FaultReport[];
  /** The tile of this number, which must be right; gives where it came from. */
  readonly ask: (tile: number) => Promise<string | null>;
}

interface Stage {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly replica: (changes?: Partial<RedisTileTierOptions>) => Replica;
  /** Tiles that nobody has asked for. */
  readonly next: () => number;
  /** Where a replica has a tile from that is connected, and has no tile in its memory. */
  readonly freshly: (tile: number) => Promise<string | null>;
}

const pathOf = (tile: number): string =>
  `/tiles/14/${9_000 + (tile % 300)}/${9_000 + Math.floor(tile / 300)}`;
const right = testApp();

async function openStage(t: TestContext, ...settings: string[]): Promise<Stage> {
  const server = await startRedis(...settings);
  const admin = new Redis(server.url, { retryStrategy: () => 100, maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  const tiers: RedisTileTier[] = [];
  t.after(async () => {
    server.thaw();
    await Promise.all(tiers.map((tier) => tier.close()));
    admin.disconnect();
    await server.stop();
  });
  const replica: Stage['replica'] = (changes = {}) => {
    const reports: FaultReport[] = [];
    const tier = new RedisTileTier({
      url: server.url,
      quotaBytes: 16 * MIB,
      ttlMs: 3_600_000,
      maxValueBytes: MIB,
      report: (report) => reports.push(report),
      ...changes,
    });
    tiers.push(tier);
    const { get } = testApp({}, { sharedTiles: tier });
    return { tier, reports, ask: (tile) => checkedTile(get, tile) };
  };
  let tile = 0;
  return {
    server,
    admin,
    replica,
    next: () => (tile += 1),
    freshly: async (number) => {
      const { tier, ask } = replica();
      await until('connected', () => tier.up);
      return ask(number);
    },
  };
}

/** Asks for a tile, and for the same where there is no Redis. */
async function checkedTile(get: TestApp['get'], tile: number): Promise<string | null> {
  const [answer, expected] = await Promise.all([get(pathOf(tile)), right.get(pathOf(tile))]);
  assert.equal(answer.status, 200);
  for (const name of ['ETag', 'Last-Modified', 'Content-Type', 'Cache-Control']) {
    assert.equal(answer.headers.get(name), expected.headers.get(name), name);
  }
  const [body, wanted] = await Promise.all([answer.arrayBuffer(), expected.arrayBuffer()]);
  assert.ok(Buffer.from(body).equals(Buffer.from(wanted)), 'the right tile');
  return answer.headers.get('X-GeoCrop-Cache');
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`never: ${what}`);
}

/** Does it until it was neither skipped nor failed. */
async function tried<T>({ tier }: Replica, work: () => Promise<T>): Promise<T> {
  const faults = (): string => JSON.stringify([tier.stats().reads, tier.stats().writes]);
  for (let tries = 0; tries < 400; tries += 1) {
    const before = faults();
    const result = await work();
    if (faults() === before) return result;
    await sleep(50);
  }
  return assert.fail('never without a fault');
}

/** What one puts there the other finds. */
async function isUsed({ next }: Stage, one: Replica, two: Replica): Promise<void> {
  await until('Redis is used', async () => {
    const tile = next();
    await one.ask(tile);
    await sleep(20);
    return (await two.ask(tile)) === 'redis';
  });
}

/** Tiles keep coming, though Redis has none of them. */
async function goOn({ next }: Stage, replica: Replica, count = 8): Promise<void> {
  for (let at = 0; at < count; at += 1) assert.equal(await replica.ask(next()), 'computed');
}

/** However much failed: one line that says so, and one when it was over. */
function wasLoggedOnce(
  { reports, tier }: Replica,
  what: 'reading' | 'writing' | 'either',
  error: RegExp,
): void {
  const [first, ...later] = reports;
  if (what !== 'either') assert.equal(first?.failed?.what, what);
  assert.match(first?.failed?.error.message ?? '', error);
  assert.ok(later.every(({ failed }) => failed === null) && later.length <= 1, JSON.stringify(reports));
  const { reads, writes } = tier.stats();
  assert.ok(reads.failures + writes.failures > 0 && reads.skipped + writes.skipped > 0);
}

describeOnRedis('tiles keep coming', () => {
  describe('while Redis', { concurrency: 6 }, () => {
    it('is gone from the start, and it is used once it is there', async (t) => {
      const stage = await openStage(t);
      await stage.server.kill();
      const [one, two] = [stage.replica(), stage.replica()];
      await goOn(stage, one);
      await until('it is noticed', () => one.reports.length > 0);
      await stage.server.start();
      await isUsed(stage, one, two);
      wasLoggedOnce(one, 'reading', /ECONNREFUSED|closed/);
    });

    it('is gone in the middle, and it is used when it is back, empty', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      await stage.server.kill();
      await goOn(stage, one);
      await until('it is noticed', () => one.reports.length > 0);
      await stage.server.start();
      await isUsed(stage, one, two);
      wasLoggedOnce(one, 'either', /./);
    });

    it('is frozen, in bounded memory, and it is used when it is awake', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      const shared = stage.next();
      await one.ask(shared);
      stage.server.freeze();
      // It cannot be known that the tile is there.
      assert.equal(await two.ask(shared), 'computed');
      await goOn(stage, two, 1);
      await goOn(stage, one);
      const { body } = testTile('large', 400_000);
      const before = process.memoryUsage().arrayBuffers;
      for (let at = 0; at < 200; at += 1) void one.tier.set({ ...testTile(`large ${at}`), body });
      const grown = process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 40 * MIB, `${grown} bytes of 80 MB`);
      const { dropped, writes } = one.tier.stats();
      assert.ok(dropped + writes.skipped > 150, JSON.stringify(one.tier.stats()));
      // Longer than a connection is waited for.
      await sleep(2_500);
      await goOn(stage, one);
      stage.server.thaw();
      await isUsed(stage, one, two);
      wasLoggedOnce(two, 'either', /not answered within/);
    });

    it('is slow, and late answers are nobody else’s', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      const tiles = Array.from({ length: 8 }, () => stage.next());
      for (const tile of tiles) await one.ask(tile);
      await until('they are there', () => one.tier.stats().written > tiles.length);
      const cold = stage.replica();
      await until('connected', () => two.tier.up && cold.tier.up);
      // Each is asked for at once, answered by computing, and its answer comes late.
      stage.server.freeze();
      const asked = await Promise.all(tiles.map((tile) => two.ask(tile)));
      stage.server.thaw();
      assert.ok(asked.every((tier) => tier === 'computed'));
      await isUsed(stage, one, two);
      await isUsed(stage, two, cold);
      for (const tile of tiles) assert.equal(await cold.ask(tile), 'redis');
      assert.equal(two.tier.stats().damaged, 0);
    });

    it('is full and refuses writing, and what is there is still read', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      const shared = stage.next();
      await one.ask(shared);
      await until('it is there', async () => (await stage.admin.zcard('geocrop:tiles')) > 2);
      await stage.admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '100kb');
      await goOn(stage, one);
      assert.equal(await stage.freshly(shared), 'redis');
      await stage.admin.config('SET', 'maxmemory', '0');
      await isUsed(stage, one, two);
      wasLoggedOnce(one, 'writing', /^OOM/);
    });

    it('wants another password, and it is used when that is right again', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      await stage.admin.config('SET', 'requirepass', 'changed');
      await stage.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await goOn(stage, one);
      await until('it is noticed', () => one.reports.length > 0);
      await stage.admin.config('SET', 'requirepass', '');
      await isUsed(stage, one, two);
      wasLoggedOnce(one, 'either', /./);
    });

    it('has become a replica, and what is there is still read', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      const shared = stage.next();
      await one.ask(shared);
      await until('it is there', async () => (await stage.admin.zcard('geocrop:tiles')) > 2);
      // Of a server that nobody has: what it has itself stays.
      await stage.admin.replicaof('127.0.0.1', 1);
      await goOn(stage, one);
      assert.equal(await stage.freshly(shared), 'redis');
      await stage.admin.replicaof('NO', 'ONE');
      await isUsed(stage, one, two);
      wasLoggedOnce(one, 'writing', /^READONLY/);
    });

    it('is loading what it had kept on disk, and then has it', async (t) => {
      const slowly = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];
      const stage = await openStage(t, ...slowly);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      const shared = stage.next();
      await one.ask(shared);
      const others = Array.from({ length: 1_000 }, (_, at) => [`other:${at}`, 'x'.repeat(50)]).flat();
      await stage.admin.mset(...others);
      await stage.admin.save();
      await stage.server.kill();
      let loaded = false;
      const starting = stage.server.start().then(() => (loaded = true));
      let meanwhile = 0;
      while (!loaded) {
        await goOn(stage, one, 1);
        meanwhile += 1;
        await sleep(20);
      }
      await starting;
      assert.ok(meanwhile > 0, `${meanwhile} tiles while it was loading`);
      await until('it has what it had', async () => (await stage.freshly(shared)) === 'redis');
      await isUsed(stage, one, two);
    });

    it('loses all connections again and again', async (t) => {
      const stage = await openStage(t);
      const [one, two] = [stage.replica(), stage.replica()];
      await isUsed(stage, one, two);
      for (let at = 0; at < 10; at += 1) {
        await stage.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        for (let tile = 0; tile < 5; tile += 1) await one.ask(stage.next());
        await sleep(30);
      }
      await isUsed(stage, one, two);
    });

    for (const policy of ['allkeys-lru', 'allkeys-random', 'volatile-lru'] as const) {
      it(`makes room itself, ${policy}`, async (t) => {
        const stage = await openStage(t, '--maxmemory', '3mb', '--maxmemory-policy', policy);
        const one = stage.replica();
        await until('connected', () => one.tier.up);
        const names = Array.from({ length: 600 }, (_, at) => testTile(`tile ${at}`, 12_000));
        for (const tile of names) await tried(one, () => one.tier.set(tile));
        const back = [];
        for (const { etag } of names) back.push(await tried(one, () => one.tier.get(etag)));
        const there = back.filter((tile) => tile !== undefined);
        assert.ok(there.length > 10 && there.length < names.length, `${there.length} tiles`);
        for (const tile of there) assert.deepEqual(tile, names[back.indexOf(tile)]);
        assert.equal(one.tier.stats().damaged, 0);
        // Making room is no failure. Silence, on a machine that does much else, may be.
        const silence = /not answered|Socket timeout/;
        for (const { failed } of one.reports)
          if (failed !== null) assert.match(failed.error.message, silence);
        const scores = await stage.admin.zrange('geocrop:tiles', '0', '-1', 'WITHSCORES');
        const units = scores.flatMap((score, at) => (at % 2 === 1 ? [Number(score)] : []));
        const total = units.filter((score) => score < 0).reduce((sum, score) => sum - score, 0);
        const indexed = units.filter((score) => score > 0).reduce((sum, score) => sum + (score % 2 ** 21), 0);
        assert.equal(indexed, total);
      });
    }
  });
});
