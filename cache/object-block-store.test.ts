import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError } from '../engine/errors.js';
import { MemoryObjectStore } from './memory-store.js';
import { ObjectBlockStore } from './object-block-store.js';
import type { ObjectStore } from './object-store.js';

const BUCKET = 'geocrop-windows';
const block = (value: number, length = 1000): Uint8Array => new Uint8Array(length).fill(value);

/** A memory store whose methods fail while `fails` says so. */
function shaky(): {
  store: ObjectStore;
  memory: MemoryObjectStore;
  state: { fails: boolean; asked: number };
} {
  const memory = new MemoryObjectStore();
  const state = { fails: false, asked: 0 };
  const check = (): void => {
    state.asked += 1;
    if (state.fails) throw new GeoCropError('store-unavailable', 'down');
  };
  const store: ObjectStore = {
    get: async (...args) => (check(), memory.get(...args)),
    getRange: async (...args) => (check(), memory.getRange(...args)),
    head: async (...args) => (check(), memory.head(...args)),
    put: async (...args) => (check(), memory.put(...args)),
    delete: async (...args) => (check(), memory.delete(...args)),
    list: (...args) => memory.list(...args),
    entries: (...args) => memory.entries(...args),
  };
  return { store, memory, state };
}

test('blocks are kept for whoever shares the store', async () => {
  const { store } = shaky();
  const [one, two] = [new ObjectBlockStore({ store }), new ObjectBlockStore({ store })];
  await one.put('block/a', block(1));
  assert.deepEqual(await two.get('block/a'), block(1));
  assert.equal(await two.get('block/b'), undefined);
  assert.deepEqual([two.stats.hits, two.stats.misses], [1, 1]);
});

test('a damaged object is a miss, not a block', async () => {
  const { store, memory } = shaky();
  const blocks = new ObjectBlockStore({ store });
  await blocks.put('a', block(1));
  for await (const key of memory.list(BUCKET, '')) {
    const bytes = (await memory.get(BUCKET, key)) ?? new Uint8Array();
    bytes[500] = 7;
    await memory.put(BUCKET, key, bytes);
  }
  assert.equal(await blocks.get('a'), undefined);
  assert.equal(blocks.stats.damaged, 1);
});

test('a store that fails is never an error, is left alone for a while, and is used again', async () => {
  const { store, state } = shaky();
  let now = 0;
  const blocks = new ObjectBlockStore({ store, now: () => now });
  await blocks.put('a', block(1));
  state.fails = true;
  assert.equal(await blocks.get('a'), undefined);
  const { asked } = state;
  assert.equal(await blocks.get('a'), undefined);
  await blocks.put('b', block(2));
  assert.equal(state.asked, asked, 'not asked while it rests');
  assert.deepEqual([blocks.stats.failed, blocks.stats.skipped, blocks.stats.dropped], [1, 2, 1]);
  state.fails = false;
  now += 5_001;
  assert.deepEqual(await blocks.get('a'), block(1));
  await blocks.put('b', block(3));
  assert.deepEqual(await blocks.get('b'), block(3));
});

test('what was taken back is not read again, also where the store could not be told', async () => {
  const { store, state } = shaky();
  let now = 0;
  const blocks = new ObjectBlockStore({ store, now: () => now });
  await blocks.put('a', block(1));
  state.fails = true;
  await blocks.put('a', new Uint8Array(0));
  state.fails = false;
  now += 5_001;
  assert.equal(await blocks.get('a'), undefined);
  await blocks.put('a', block(2));
  assert.deepEqual(await blocks.get('a'), block(2));
});

test('what is on its way is bounded, and read only when it has arrived', async () => {
  const { store } = shaky();
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow: ObjectStore = { ...store, put: (...args) => gate.then(() => store.put(...args)) };
  const blocks = new ObjectBlockStore({ store: slow, pendingBytes: 2500 });
  const puts = ['a', 'b', 'c'].map((key, at) => blocks.put(key, block(at)));
  const read = blocks.get('b');
  await puts[2];
  assert.equal(blocks.stats.dropped, 1, 'the third does not fit');
  open();
  await Promise.all(puts);
  assert.deepEqual(await read, block(1));
  assert.equal(await blocks.get('c'), undefined);
  await blocks.put('c', block(4));
  assert.deepEqual(await blocks.get('c'), block(4));
});
