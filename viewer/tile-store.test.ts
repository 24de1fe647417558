import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem, TileAddress, TileEvent } from './api.js';
import { tileKey } from './tile-math.js';
import { TileStore } from './tile-store.js';
import type { Fetched } from './tile-store.js';

const MAP = { season: 'summer', year: 2024, model: 'Demo' };
const tile = (x: number, y = 0, z = 14): TileAddress => ({ z, x, y });
const picture = (name: string, quality: Fetched<string>['quality'] = 'final'): Fetched<string> => ({
  picture: name,
  quality,
  tier: 'archive',
});
const problem = (code: string, retryAfter: number | null = null): Problem => ({
  code,
  detail: code,
  hint: null,
  status: 503,
  retryAfter,
});
const event = (at: TileAddress, state: TileEvent['state'], more: Partial<TileEvent> = {}): TileEvent => ({
  map: MAP,
  tile: at,
  state,
  ...more,
});

/** A store whose requests and clock are held by hand. */
function bench(maxRequests = 3) {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const open: { key: string; answer: (value: Fetched<string> | Problem) => void }[] = [];
  const asked: string[] = [];
  const store = new TileStore<string>({
    fetchTile: (address, signal) =>
      new Promise((resolve, reject) => {
        asked.push(tileKey(address));
        open.push({ key: tileKey(address), answer: resolve });
        signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      }),
    after: (ms, callback) => {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onChange: () => {},
    maxRequests,
  });
  const settle = () => new Promise((done) => setImmediate(done));
  return {
    store,
    asked,
    async pass(ms: number) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.callback();
      }
      await settle();
    },
    async answer(at: TileAddress, value: Fetched<string> | Problem) {
      const index = open.findIndex(({ key }) => key === tileKey(at));
      assert.notEqual(index, -1, `no request for ${tileKey(at)} is open`);
      open.splice(index, 1)[0]?.answer(value);
      await settle();
    },
    open: () => open.map(({ key }) => key),
    phase: (at: TileAddress) => store.statuses().find((entry) => tileKey(entry.tile) === tileKey(at))?.phase,
  };
}

async function viewing(tiles: readonly TileAddress[], eventsLive = false) {
  const b = bench();
  b.store.setEventsLive(eventsLive);
  b.store.setView(tiles);
  const loads = tiles.map((address) => b.store.load(address));
  await b.pass(1000);
  return { ...b, loads };
}

test('tiles are asked for nearest first, a bounded number at a time, and only those in view', async () => {
  const b = bench(2);
  b.store.setView([tile(3), tile(1), tile(2)]);
  for (const x of [1, 2, 3, 9]) void b.store.load(tile(x));
  assert.deepEqual(b.asked, []);
  await b.pass(1000);
  assert.deepEqual(b.asked, ['14/3/0', '14/1/0']);
  await b.answer(tile(3), picture('three'));
  assert.deepEqual(b.asked, ['14/3/0', '14/1/0', '14/2/0']);
  await b.answer(tile(1), picture('one'));
  await b.answer(tile(2), picture('two'));
  assert.equal(b.asked.length, 3);
});

test('zooming through a level does not ask for its tiles', async () => {
  const b = bench();
  b.store.setView([tile(0, 0, 13)]);
  void b.store.load(tile(0, 0, 13));
  b.store.setView([tile(0)]);
  void b.store.load(tile(0));
  await b.pass(1000);
  assert.deepEqual(b.asked, ['14/0/0']);
});

test('a tile goes its way by events and is fetched again when ready', async () => {
  const b = await viewing([tile(1)], true);
  await b.answer(tile(1), problem('not-ready', 2));
  assert.equal(b.phase(tile(1)), 'queued');
  b.store.handle(event(tile(1), 'reading', { progress: 0.4 }));
  assert.equal(b.store.statuses()[0]?.progress, 0.4);
  b.store.handle(event(tile(1), 'computing'));
  assert.equal(b.phase(tile(1)), 'computing');
  await b.pass(3000);
  assert.deepEqual(b.open(), [], 'events tell, so nothing is asked after Retry-After');
  b.store.handle(event(tile(1), 'ready'));
  await b.answer(tile(1), picture('done'));
  assert.equal(b.phase(tile(1)), 'ready');
  assert.equal((await b.loads[0])?.picture, 'done');
});

test('not-ready does not set back what an event said', async () => {
  const b = await viewing([tile(1)], true);
  b.store.handle(event(tile(1), 'computing'));
  await b.answer(tile(1), problem('not-ready', 2));
  assert.equal(b.phase(tile(1)), 'computing');
});

test('a full queue is told of, also where an event had said that the tile waits', async () => {
  const b = await viewing([tile(1)], true);
  const told = (): string | undefined => b.store.statuses()[0]?.problem?.code;
  b.store.handle(event(tile(1), 'queued'));
  await b.answer(tile(1), problem('queue-full', 2));
  assert.deepEqual([b.phase(tile(1)), told()], ['queued', 'queue-full']);
  await b.pass(2000);
  await b.answer(tile(1), problem('not-ready', 2));
  assert.deepEqual([b.phase(tile(1)), told()], ['queued', undefined]);
});

test('when events come again, what is pending is asked for: some may have been missed', async () => {
  const b = await viewing([tile(1)]);
  await b.answer(tile(1), problem('not-ready', 5));
  b.store.setEventsLive(true);
  assert.deepEqual(b.open(), ['14/1/0']);
});

test('without events a tile is asked for again after Retry-After, not before', async () => {
  const b = await viewing([tile(1)]);
  await b.answer(tile(1), problem('not-ready', 5));
  await b.pass(4999);
  assert.deepEqual(b.open(), []);
  await b.pass(1);
  assert.deepEqual(b.open(), ['14/1/0']);
});

test('a lost event costs a wait, not the tile', async () => {
  const b = await viewing([tile(1)], true);
  await b.answer(tile(1), problem('not-ready', 2));
  await b.pass(60_000);
  assert.deepEqual(b.open(), ['14/1/0']);
});

test('a failed tile keeps its reason and waits for the person', async () => {
  const b = await viewing([tile(1), tile(2)]);
  await b.answer(tile(1), problem('not-ready', 2));
  b.store.handle(event(tile(0, 0, 12), 'failed', { message: 'The scenes could not be read.' }));
  assert.equal(b.phase(tile(1)), 'failed');
  assert.equal(b.store.statuses()[0]?.problem?.detail, 'The scenes could not be read.');
  await b.answer(tile(2), problem('unknown-layer'));
  await b.pass(600_000);
  assert.deepEqual(b.open(), []);
  b.store.retry(tile(1));
  assert.equal(b.phase(tile(1)), 'waiting');
  await b.answer(tile(1), picture('at last'));
  assert.equal((await b.loads[0])?.picture, 'at last');
});

test('a zoomed-out tile is ready when all of its native tiles are, or its metatile is archived', async () => {
  const parent = tile(0, 0, 13);
  const b = await viewing([parent], true);
  await b.answer(parent, problem('not-ready', 2));
  const before = b.asked.length;
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [0, 1],
  ] as const)
    b.store.handle(event(tile(x, y), 'ready'));
  assert.equal(b.store.statuses()[0]?.progress, 0.75);
  assert.equal(b.asked.length, before);
  b.store.handle(event(tile(1, 1), 'ready'));
  assert.equal(b.asked.length, before + 1);
  await b.answer(parent, problem('not-ready', 2));
  b.store.handle(event(tile(0, 0, 12), 'archived'));
  await b.answer(parent, picture('overview'));
  assert.equal(b.phase(parent), 'ready');
});

test('a stale picture stays until the new one is there, then changes in place', async () => {
  const b = await viewing([tile(1)]);
  await b.answer(tile(1), picture('old', 'stale'));
  const holder = await b.loads[0];
  b.store.handle(event(tile(1), 'computing'));
  assert.equal(b.phase(tile(1)), 'ready');
  b.store.handle(event(tile(1), 'ready'));
  await b.answer(tile(1), picture('new'));
  assert.equal(holder?.picture, 'new');
  b.store.handle(event(tile(0, 0, 12), 'archived'));
  assert.deepEqual(b.open(), [], 'a final picture is not asked for again');
});

test('while the server is away one request now and then asks for all', async () => {
  const tiles = [1, 2, 3, 4].map((x) => tile(x));
  const b = await viewing(tiles);
  for (const at of tiles.slice(0, 3)) await b.answer(at, problem('unreachable', 5));
  assert.deepEqual(b.open(), []);
  await b.pass(5000);
  assert.deepEqual(b.open(), ['14/1/0']);
  await b.answer(tile(1), problem('unreachable', 5));
  await b.pass(5000);
  assert.deepEqual(b.open(), [], 'twice as long the second time');
  await b.pass(5000);
  await b.answer(tile(1), picture('one'));
  assert.deepEqual(b.open(), ['14/2/0', '14/3/0', '14/4/0']);
});

test('tiles out of view are not asked for again until they are in view', async () => {
  const b = await viewing([tile(1)]);
  await b.answer(tile(1), problem('not-ready', 2));
  b.store.setView([tile(2)]);
  await b.pass(60_000);
  assert.deepEqual(b.open(), []);
  b.store.setView([tile(1)]);
  await b.pass(1000);
  assert.deepEqual(b.open(), ['14/1/0']);
});

test('what may not be computed resolves to nothing and is not asked for again', async () => {
  const b = await viewing([tile(1)]);
  await b.answer(tile(1), problem('not-computed', 30));
  assert.equal(await b.loads[0], null);
  assert.equal(b.phase(tile(1)), 'absent');
  await b.pass(600_000);
  assert.deepEqual(b.open(), []);
});

test('a tile that is forgotten lets go of its request and of those who wait', async () => {
  const b = await viewing([tile(1)]);
  b.store.forget(tile(1));
  assert.equal(await b.loads[0], null);
  assert.deepEqual(b.store.statuses(), []);
});
