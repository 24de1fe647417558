import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { IMMUTABLE } from '../../http/caching.js';
import { nativeTiles } from '../../tiles/job-runner.js';
import type { TileEvent } from '../../tiles/tile-service.js';
import { serving, type Serving } from '../cli/geocrop-process.js';
import { modelsFolder, tilePath } from '../stage.js';
import { COLLECTION, FEW_SCENES, LOWER, makeWorld, TILE } from '../world.js';
import { WorldServer } from '../world-server.js';
import { ask, asking, type Answer, type Ask } from './ask.js';
import { startEdge, type Edge } from './edge.js';
import { describeEdge } from './edge-stage.js';

const MAP = 'year=2021&season=summer';
const CROWD = 200;

interface TileJson {
  readonly tiles: readonly [string];
  readonly geocrop: { readonly version: string };
}

/** `geocrop serve` as people start it, and the edge before it. The tests are one visit, in order. */
describeEdge('a visit through the edge', () => {
  let folder: string;
  let world: WorldServer;
  let server: Serving;
  let edge: Edge;
  /** The address of the tile that is looked at, as TileJSON gives it. */
  let versioned = '';
  const get = (path: string, options?: Ask): Promise<Answer> => ask(edge.url + path, options);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    world = await WorldServer.start(await makeWorld(FEW_SCENES));
    const flags = {
      stac: world.stac,
      collection: COLLECTION,
      store: join(folder, 'store'),
      models: await modelsFolder(folder),
      port: '0',
    };
    server = await serving([
      'serve',
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ]);
    edge = await startEdge(server.url);
  });
  after(async () => {
    await server.stop('SIGKILL');
    await edge.stop();
    await world.stop();
    await rm(folder, { recursive: true });
  });

  test('TileJSON names the edge and the version', async () => {
    const answer = await get(`/tilejson.json?${MAP}`);
    assert.equal(answer.status, 200);
    const { tiles, geocrop } = JSON.parse(answer.body.toString()) as TileJson;
    assert.ok(tiles[0].startsWith(`${edge.url}/tiles/`), tiles[0]);
    versioned = tiles[0].slice(edge.url.length).replace('{z}/{x}/{y}', `${TILE.z}/${TILE.x}/${TILE.y}`);
    assert.ok(versioned.includes(`v=${geocrop.version}`));
    assert.equal((await get(`/tilejson.json?${MAP.split('&').reverse().join('&')}`)).cache, 'HIT');
  });

  test('a cold tile: 503 at once, its events, then the tile', async () => {
    const { cache, status, headers } = await followed(async () => get(`${versioned}&wait=0`));
    assert.equal(status, 503);
    assert.equal(cache, 'MISS');
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(headers['retry-after'] ?? '', /^\d+$/);

    const first = await get(`${versioned}&wait=0`);
    assert.equal(first.status, 200);
    assert.equal(first.cache, 'MISS');
    assert.equal(first.headers['cache-control'], IMMUTABLE);
    assert.equal(first.headers['x-geocrop-tile'], 'final');
    assert.match(String(first.headers['access-control-expose-headers']), /\bX-Cache-Status\b/);
    const again = await get(`${versioned}&wait=50`);
    assert.equal(again.cache, 'HIT');
    assert.equal(again.headers['etag'], first.headers['etag']);
    assert.deepEqual(again.body, first.body);
    assert.deepEqual((await ask(server.url + versioned)).body, first.body);
    const unchanged = await get(versioned, { headers: { 'If-None-Match': String(first.headers['etag']) } });
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.cache, 'HIT');
  });

  /** Does `begin` while listening, and resolves when the metatile is archived. */
  async function followed(begin: () => Promise<Answer>): Promise<Answer> {
    const leaving = new AbortController();
    const events = await fetch(`${edge.url}/events?${MAP}`, { signal: leaving.signal });
    assert.equal(events.headers.get('content-type'), 'text/event-stream');
    let begun: Promise<Answer> | undefined;
    const states = new Set<string>();
    for await (const [event, data] of messages(events)) {
      if (event === 'hello') begun = begin();
      else states.add((JSON.parse(data) as TileEvent).state);
      if (states.has('archived')) break;
    }
    leaving.abort();
    assert.ok(begun !== undefined, 'a stream says hello');
    for (const state of ['queued', 'reading', 'computing', 'ready']) assert.ok(states.has(state), state);
    return begun;
  }

  test('a GeoTIFF in parts, of one read', async () => {
    const path = tilePath(TILE, '', '.tif');
    const head = await get(path, { method: 'HEAD' });
    const start = await get(path, { headers: { Range: 'bytes=0-3' } });
    assert.equal(start.status, 206);
    assert.equal(start.cache, 'HIT');
    assert.equal(start.body.toString('latin1'), 'II*\0');
    assert.equal(start.headers['content-range'], `bytes 0-3/${head.headers['content-length']}`);
  });

  test(`${CROWD} clients over 16 tiles of a cold metatile: 16 requests, ${CROWD} good answers`, async () => {
    const before = await tileRequests();
    const tiles = nativeTiles(LOWER);
    const crowd = Array.from({ length: CROWD }, (_, i) =>
      asking(edge.url + tilePath(tiles[i % tiles.length] ?? TILE, 'wait=55')),
    );
    const answers = await Promise.all(crowd.map(({ answer }) => answer));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    answers.forEach(({ body }, i) => assert.deepEqual(body, answers[i % tiles.length]?.body, `answer ${i}`));
    assert.equal((await tileRequests()) - before, tiles.length);
  });

  /** Requests for tiles that the server itself has counted. */
  async function tileRequests(): Promise<number> {
    const { body } = await ask(`${server.url}/metrics`);
    const counted = body
      .toString()
      .matchAll(/^geocrop_http_requests_total\{[^}]*route="\/tiles\/[^}]*\} (\d+)$/gm);
    return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  test('what is bad is said as the server says it', async () => {
    const answer = await get('/tiles/14/1/1?year=1999');
    assert.equal(answer.status, 404);
    assert.equal((JSON.parse(answer.body.toString()) as { code: string }).code, 'unknown-year');
  });

  test('the server is killed: the map that was looked at stays', async () => {
    await server.stop('SIGKILL');
    assert.equal((await get(versioned)).cache, 'HIT');
    assert.equal((await get(`/tilejson.json?${MAP}`)).status, 200);
    const unseen = await get(tilePath(TILE, 'layer=confidence', '.png'));
    assert.equal(unseen.status, 503);
    assert.equal(unseen.headers['retry-after'], '5');
  });
});

/** Event and data of each message of a stream. */
async function* messages(response: Response): AsyncGenerator<readonly [string, string]> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event] = /^event: (.*)$/m.exec(block) ?? [];
      const [, data] = /^data: (.*)$/m.exec(block) ?? [];
      if (event !== undefined && data !== undefined) yield [event, data];
    }
  }
}
