import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { ServerResponse } from 'node:http';
import { startServer, type RunningServer } from '../http/server.js';
import { nativeTiles } from '../tiles/job-runner.js';
import type { TileEvent } from '../tiles/tile-service.js';
import { openStage, tilePath, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, UPPER, type World } from './world.js';
import { sendJson, WorldServer } from './world-server.js';

/** A search that is not answered before the test says so. */
function heldSearch(server: WorldServer): { asked: Promise<void>; release: () => void } {
  let held: ServerResponse | undefined;
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  server.onSearch = () => (response) => {
    held = response;
    tell();
  };
  return {
    asked,
    release: () => {
      server.onSearch = () => undefined;
      if (held !== undefined) sendJson(held, { type: 'FeatureCollection', features: server.features() });
    },
  };
}

describe('waiting', () => {
  let world: World;
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let http: RunningServer;

  before(async () => {
    world = await makeWorld(FEW_SCENES);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(world);
    stage = await openStage(folder, server.stac);
    http = await startServer(stage.app, { host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await stage.close();
    await http.close(0);
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('wait=0: 503 at once, events, then the tile; then 304 before any pixel is read', async () => {
    const events = await fetch(`${http.url}/events?year=2021&season=summer`);
    const seen = eventsOf(events);
    const first = await fetch(http.url + tilePath(TILE, 'wait=0'));
    assert.equal(first.status, 503);
    assert.match(first.headers.get('Retry-After') ?? '', /^\d+$/);
    assert.equal(first.headers.get('Cache-Control'), 'no-store');
    assert.equal(first.headers.get('ETag'), null);
    assert.equal(((await first.json()) as { code: string }).code, 'not-ready');

    const states: string[] = [];
    for await (const { tile, state } of seen) {
      if (tile.z === 14 && tile.x === TILE.x && tile.y === TILE.y) states.push(state);
      if (state === 'archived') break;
    }
    assert.deepEqual([...new Set(states)], ['queued', 'reading', 'computing', 'ready']);

    const then = await fetch(http.url + tilePath(TILE, 'wait=0'));
    assert.equal(then.status, 200);
    const etag = then.headers.get('ETag') ?? '';
    await then.arrayBuffer();
    assert.match(etag, /^"\w+"$/);
    // Without a pixel anywhere it can still be said that nothing has changed.
    await rm(join(folder, 'store', 'geocrop-results', 'archive'), { recursive: true });
    server.seen.length = 0;
    const unchanged = await fetch(http.url + tilePath(TILE, 'wait=0'), {
      headers: { 'If-None-Match': etag },
    });
    assert.equal(unchanged.status, 304);
    assert.equal((await unchanged.arrayBuffer()).byteLength, 0);
    assert.deepEqual(server.seen, []);
  });

  test('pending=tile: a picture in place of the 503, never kept', async () => {
    const pending = await stage.get(tilePath(TILE, 'wait=0&pending=tile', '.png'));
    assert.equal(pending.status, 200);
    assert.equal(pending.headers.get('Content-Type'), 'image/png');
    assert.equal(pending.headers.get('Cache-Control'), 'no-store');
    assert.equal(pending.headers.get('ETag'), null);
    assert.equal(pending.headers.get('X-GeoCrop-Tile'), 'incomplete');
    const then = await stage.get(tilePath(TILE, 'pending=tile', '.png'));
    assert.equal(then.headers.get('X-GeoCrop-Tile'), 'final');
    assert.notDeepEqual(await then.arrayBuffer(), await pending.arrayBuffer());
  });

  test('forty at once over a cold metatile: one computation; who leaves disturbs nobody', async () => {
    const { asked, release } = heldSearch(server);
    const tiles = nativeTiles(UPPER);
    const leaver = new AbortController();
    const left = fetch(http.url + tilePath(TILE), { signal: leaver.signal });
    const requests = Array.from({ length: 40 }, (_, i) => fetch(http.url + tilePath(tiles[i % 16] ?? TILE)));
    await asked;
    leaver.abort();
    await assert.rejects(left, { name: 'AbortError' });
    release();
    const answers = await Promise.all(requests);
    const bodies = await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.deepEqual([...new Set(answers.map(({ headers }) => headers.get('X-GeoCrop-Tile')))], ['final']);
    bodies.forEach((body, i) => assert.deepEqual(body, bodies[i % 16], `answer ${i}`));
    await (await stage.get(tilePath(UPPER))).arrayBuffer();
    assert.equal(stage.events.filter(({ state }) => state === 'archived').length, 1);
    assert.equal(server.searches, 1);
    const ranges = server.files.map(({ path, start, end }) => `${path} ${start}-${end}`);
    assert.equal(new Set(ranges).size, ranges.length);
    assert.ok(stage.decoded() <= 1.3 * stage.engine.compute.reader.stats.fetched);
  });

  test('work that nobody waits for and that has read nothing is dropped', async () => {
    const { asked, release } = heldSearch(server);
    const leaver = new AbortController();
    const left = stage.app.request(tilePath(TILE), { signal: leaver.signal });
    await asked;
    leaver.abort();
    assert.equal((await left).status, 499);
    release();
    while (stage.engine.service.stats().running > 0) await nextTurn(1);
    assert.deepEqual(
      server.files.filter(({ path }) => !/(red|scl)\.tif$/.test(path)),
      [],
    );
    assert.deepEqual(
      stage.events.filter(({ state }) => state === 'reading'),
      [],
    );
    assert.equal((await fetch(http.url + tilePath(TILE))).status, 200);
  });
});

async function* eventsOf(response: Response): AsyncGenerator<TileEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const data = /^event: tile\ndata: (.*)$/m.exec(message)?.[1];
      if (data !== undefined) yield JSON.parse(data) as TileEvent;
    }
  }
}
