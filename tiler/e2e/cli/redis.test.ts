import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnRedis, startRedis, type RedisServer } from '../../../cache/redis-server.js';
import { lonLatToPixel, TILE_SIZE } from '../../../engine/geo/tile-matrix.js';
import { serving, type Serving } from './geocrop-process.js';
import { CATALOGUE, testSeason } from './test-season.js';

const HEADERS = [
  'Content-Type',
  'Content-Length',
  'ETag',
  'Last-Modified',
  'Cache-Control',
  'X-GeoCrop-Tile',
];
const PASSWORD = 's3cret-of-the-cache';

describeOnRedis('two servers with one store and one Redis', () => {
  let redis: RedisServer;
  let folder: string;
  const servers: Serving[] = [];

  before(async () => {
    await testSeason();
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-redis-'));
    await writeFile(join(folder, 'redis-url'), `${redis.url.replace('//', `//:${PASSWORD}@`)}/1\n`);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await redis.stop();
    await rm(folder, { recursive: true });
  });

  async function serve(): Promise<Serving> {
    const server = await serving(['serve', '--port', '0'], {
      GEOCROP_STAC: CATALOGUE,
      GEOCROP_STORE: join(folder, 'store'),
      GEOCROP_CACHE_REDIS_URL_FILE: join(folder, 'redis-url'),
    });
    servers.push(server);
    return server;
  }

  const { x, y } = lonLatToPixel(14, 30, -17.83);
  const native = { x: Math.floor(x / TILE_SIZE), y: Math.floor(y / TILE_SIZE) };
  const path = (number: number): string =>
    `/tiles/14/${native.x}/${native.y}?layer=truecolor&wait=55&unknown=${number}`;
  /** Tiles that nobody has asked for: one in any number of styles. */
  const styled = (number: number): string =>
    `/tiles/14/${native.x}/${native.y}?layer=confidence&rescale=0,${number + 1}&wait=55`;

  async function get(server: Serving, what: string): Promise<Response> {
    const answer = await fetch(server.url + what);
    return answer.status === 503 ? get(server, what) : answer;
  }
  const seen = async (answer: Response): Promise<unknown[]> => [
    ...HEADERS.map((name) => answer.headers.get(name)),
    Buffer.from(await answer.arrayBuffer()),
  ];
  const cacheOf = (answer: Response): string | null => answer.headers.get('X-GeoCrop-Cache');

  test('start without it, use it when it is there, answer with the same, and stop cleanly', async () => {
    await redis.kill();
    const one = await serve();
    const first = await get(one, path(0));
    assert.equal(first.status, 200);
    assert.equal(cacheOf(first), 'computed');
    const made = await seen(first);
    let number = 0;
    /** Asks for tiles that no cache has, until `ask` is content with one. */
    const until = async <T>(what: string, ask: (path: string) => Promise<T | null>): Promise<T> => {
      for (let tries = 0; tries < 400; tries += 1) {
        const found = await ask(styled((number += 1)));
        if (found !== null) return found;
        await sleep(30);
      }
      return assert.fail(`never: ${what}`);
    };
    const from = async (tier: string, server: Serving, what: string): Promise<Response | null> => {
      const answer = await get(server, what);
      return cacheOf(answer) === tier ? answer : null;
    };
    await until('archived', (what) => from('archive', one, what));
    const two = await serve();
    const second = await get(two, path(1));
    assert.equal(cacheOf(second), 'archive');
    assert.deepEqual(await seen(second), made);

    await redis.start();
    const shared = await until('Redis is used', async (what) => {
      await get(one, what);
      await sleep(30);
      return from('redis', two, what);
    });
    const again = await get(one, styled(number));
    assert.equal(cacheOf(again), 'memory');
    assert.deepEqual(await seen(shared), await seen(again));

    const metrics = await (await fetch(`${two.url}/metrics`)).text();
    assert.match(metrics, /^geocrop_tiles_total\{tier="redis",zoom="14",state="final"\} 1$/m);
    assert.match(metrics, /^geocrop_tier_hits_total\{tier="redis"\} 1$/m);
    // The one that reads and writes.
    await until('it is told', async (what) => {
      await get(one, what);
      return one.err().includes('the Redis of tiles works again') ? true : null;
    });
    for (const server of [one, two]) {
      const { code, err } = await server.stop();
      assert.equal(code, 0);
      assert.equal(err.match(/the Redis of tiles fails/g)?.length, 1);
      assert.ok(!err.includes(PASSWORD));
      assert.doesNotMatch(err, /\n\s+at |Warning:|\[ioredis\]/);
    }
  });
});
