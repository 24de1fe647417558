import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { MemoryTileTier } from '../../cache/memory-tile-tier.js';
import { describeOnRedis, startRedis, type RedisServer } from '../../cache/redis-server.js';
import { RedisTileTier } from '../../cache/redis-tile-tier.js';
import type { FinalTile, TierStats, TileTier } from '../../cache/tile-tier.js';
import { settle, testApp, type TestApp } from './testing.js';

const TILE = '/tiles/14/9557/9068';
const HEADERS = [
  'Content-Type',
  'Content-Length',
  'ETag',
  'Last-Modified',
  'Cache-Control',
  'X-GeoCrop-Tile',
];
const cacheOf = (response: Response): string | null => response.headers.get('X-GeoCrop-Cache');

/** All that a client may keep of an answer. */
async function answerOf(response: Response): Promise<{ headers: (string | null)[]; body: Buffer }> {
  return {
    headers: HEADERS.map((name) => response.headers.get(name)),
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** A shared tier in memory that says what it was asked, and answers when it is told. */
class SharedTiles implements TileTier {
  readonly name = 'redis';
  readonly asked: string[] = [];
  readonly taken: FinalTile[] = [];
  gate: Promise<void> = Promise.resolve();
  private readonly kept = new MemoryTileTier({ maxBytes: 2 ** 24 });

  async get(etag: string): Promise<FinalTile | undefined> {
    this.asked.push(etag);
    await this.gate;
    return this.kept.get(etag);
  }

  set(tile: FinalTile): Promise<void> {
    this.taken.push(tile);
    return this.kept.set(tile);
  }

  stats(): TierStats {
    return { ...this.kept.stats(), reads: { failures: 2, skipped: 3 }, writes: { failures: 0, skipped: 1 } };
  }

  async close(): Promise<void> {}
}

describe('a tile that processes share', () => {
  it('comes from there, then from memory, as it was made', async () => {
    const sharedTiles = new SharedTiles();
    const maker = testApp({}, { sharedTiles });
    const other = testApp({ error: new Error('nothing may be made here') }, { sharedTiles });
    for (const path of [TILE, `${TILE}.npy`, `${TILE}@2x.tif?layer=confidence`, `${TILE}?layer=ndvi_peak`]) {
      const answers = [await maker.get(path), await other.get(path), await other.get(path)];
      assert.deepEqual(answers.map(cacheOf), ['computed', 'redis', 'memory']);
      const [made, shared, kept] = await Promise.all(answers.map(answerOf));
      assert.deepEqual(shared, made);
      assert.deepEqual(kept, made);
    }
  });

  it('is asked for once, however many ask and however long each waits', async () => {
    const sharedTiles = new SharedTiles();
    await testApp({}, { sharedTiles }).get(TILE);
    sharedTiles.asked.length = 0;
    let open = (): void => undefined;
    sharedTiles.gate = new Promise((resolve) => (open = resolve));
    const { get, service } = testApp({}, { sharedTiles });
    const crowd = Array.from({ length: 60 }, (_, at) => get(`${TILE}?wait=${at % 30}`));
    await settle();
    open();
    assert.ok((await Promise.all(crowd)).every((answer) => cacheOf(answer) === 'redis'));
    assert.equal(sharedTiles.asked.length, 1);
    assert.equal(service.calls.values.length, 0);
  });

  it('is still there for the others when the first who asked has left', async () => {
    const sharedTiles = new SharedTiles();
    await testApp({}, { sharedTiles }).get(TILE);
    let open = (): void => undefined;
    sharedTiles.gate = new Promise((resolve) => (open = resolve));
    const { app, get } = testApp({}, { sharedTiles });
    const client = new AbortController();
    const first = app.request(TILE, { signal: client.signal });
    const second = get(`${TILE}?wait=1`);
    await settle();
    client.abort();
    assert.equal((await first).status, 499);
    open();
    assert.equal(cacheOf(await second), 'redis');
  });

  it('is put there when it is made or read from the archive, and not again', async () => {
    for (const tier of ['computed', 'archive'] as const) {
      const sharedTiles = new SharedTiles();
      const { get } = testApp({ tier }, { sharedTiles });
      await get(TILE);
      await get(TILE);
      assert.equal(sharedTiles.taken.length, 1);
    }
  });

  it('is found by the tag that it got while it was made', async () => {
    const sharedTiles = new SharedTiles();
    await testApp({ scenes: null }, { sharedTiles }).get(TILE);
    assert.equal(sharedTiles.asked.length, 0, 'without scenes there is no tag to ask for');
    assert.equal(cacheOf(await testApp({ scenes: 'scenes-found' }, { sharedTiles }).get(TILE)), 'redis');
  });

  it('is never one that is unfinished, or that took no work', async () => {
    const sharedTiles = new SharedTiles();
    for (const state of ['incomplete', 'partial', 'stale'] as const) {
      await testApp({ state }, { sharedTiles }).get(TILE);
    }
    await testApp({ empty: true }, { sharedTiles }).get(TILE);
    await testApp({ tier: 'memory' }, { sharedTiles }).get(TILE);
    assert.deepEqual(sharedTiles.taken, []);
  });

  it('is for those too who may not compute', async () => {
    const sharedTiles = new SharedTiles();
    await testApp({}, { sharedTiles }).get(TILE);
    const { get } = testApp({}, { sharedTiles, config: { compute: 'none' } });
    assert.equal(cacheOf(await get(TILE)), 'redis');
  });

  it('is counted, timed and logged under its tier', async () => {
    const sharedTiles = new SharedTiles();
    await testApp({}, { sharedTiles }).get(TILE);
    const { get, metrics, lines } = testApp({}, { sharedTiles });
    const answer = await get(TILE);
    assert.match(answer.headers.get('Server-Timing') ?? '', /^redis;dur=[\d.]+, total;dur=/);
    assert.equal(lines.at(-1)?.['cache'], 'redis');
    const text = await metrics.text();
    const said = [
      'geocrop_tiles_total{tier="redis",zoom="14",state="final"} 1',
      'geocrop_tier_hits_total{tier="redis"} 1',
      'geocrop_tier_misses_total{tier="memory"} 1',
      'geocrop_tier_written_total{tier="memory"} 1',
      'geocrop_tier_failures_total{tier="redis",operation="read"} 2',
      'geocrop_tier_skipped_total{tier="redis",operation="write"} 1',
      'geocrop_tier_bytes{tier="redis"}',
    ];
    for (const line of said) assert.ok(text.includes(line), line);
    assert.equal(await metrics.text(), text, 'a scrape adds nothing');
  });
});

describeOnRedis('a crowd before a real Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  const tiers: RedisTileTier[] = [];
  before(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  after(async () => {
    await Promise.all(tiers.map((tier) => tier.close()));
    redis.disconnect();
    await server.stop();
  });

  async function replica(): Promise<TestApp & { readonly tier: RedisTileTier }> {
    const tier = new RedisTileTier({
      url: server.url,
      quotaBytes: 2 ** 24,
      ttlMs: 3_600_000,
      maxValueBytes: 2 ** 20,
      report: ({ failed }) => assert.equal(failed, null),
    });
    tiers.push(tier);
    while (!tier.up) await sleep(5);
    return { ...testApp({}, { sharedTiles: tier }), tier };
  }

  it('costs one GET, and two replicas answer with the same', async () => {
    const [one, two] = await Promise.all([replica(), replica()]);
    const made = await answerOf(await one.get(TILE));
    while (one.tier.stats().written === 0) await sleep(5);
    await redis.config('RESETSTAT');
    const crowd = await Promise.all(
      Array.from({ length: 100 }, (_, at) => two.get(`${TILE}?wait=${at % 50}`)),
    );
    for (const answer of crowd) {
      assert.equal(cacheOf(answer), 'redis');
      assert.deepEqual(await answerOf(answer), made);
    }
    assert.match(await redis.info('commandstats'), /cmdstat_getrange:calls=1,/);
    assert.equal(two.service.calls.values.length, 0);
    assert.equal(cacheOf(await two.get(TILE)), 'memory');
  });
});
