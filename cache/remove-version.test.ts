import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Archive } from './archive.js';
import { metatilePrefix, productKey } from './archive-keys.js';
import {
  EMPTY_ITEM,
  keysOf,
  products,
  RECIPE,
  scenesOf,
  SEASON,
  writeVersion,
} from './housekeeping/testing.js';
import { MemoryObjectStore } from './memory-store.js';
import type { Bucket, PutOptions } from './object-store.js';
import { removeVersion } from './remove-version.js';

const BUCKET: Bucket = 'geocrop-results';
const METATILE = { x: 1, y: 2 };
const SCENES = scenesOf('1');
const PREFIX = metatilePrefix(RECIPE, SEASON, METATILE);

/** Every call waits for its turn, which a test gives in any order. */
class TurnStore extends MemoryObjectStore {
  readonly waiting: (() => void)[] = [];
  free = false;

  private turn(): Promise<void> {
    return this.free ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }
  override async head(bucket: Bucket, key: string): ReturnType<MemoryObjectStore['head']> {
    await this.turn();
    return super.head(bucket, key);
  }
  override async get(bucket: Bucket, key: string): ReturnType<MemoryObjectStore['get']> {
    await this.turn();
    return super.get(bucket, key);
  }
  override async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options?: PutOptions,
  ): Promise<'written' | 'exists'> {
    await this.turn();
    return super.put(bucket, key, bytes, options);
  }
  override async delete(bucket: Bucket, key: string): Promise<void> {
    await this.turn();
    return super.delete(bucket, key);
  }
  /** As S3 lists: what is there when the page is made. */
  override async *list(bucket: Bucket, prefix: string): AsyncIterable<string> {
    await this.turn();
    const keys: string[] = [];
    for await (const { key } of super.entries(bucket, prefix)) keys.push(key);
    for (const key of keys) yield key;
  }
}

async function inSomeOrder(
  store: TurnStore,
  tasks: readonly Promise<unknown>[],
  random: () => number,
): Promise<void> {
  let ended = false;
  const all = Promise.all(tasks).finally(() => (ended = true));
  while (!ended) {
    await setImmediate();
    const at = Math.floor(random() * store.waiting.length);
    store.waiting.splice(at, 1)[0]?.();
  }
  await all;
}

test('writers and removers of one version at once: it ends whole, or as if it had never been', async () => {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const write = (store: TurnStore): Promise<unknown> =>
    new Archive(store).writeMetatile(RECIPE, SEASON, METATILE, SCENES, {
      products: products(100),
      item: EMPTY_ITEM,
    });
  let whole = 0;
  let gone = 0;
  for (let round = 0; round < 400; round++) {
    const store = new TurnStore();
    store.free = true;
    if (round % 2 === 0) await writeVersion(store, METATILE, SCENES);
    store.free = false;
    const tasks = [write(store), removeVersion(store, PREFIX, SCENES)];
    if (round % 3 === 0) tasks.push(write(store));
    if (round % 5 === 0) tasks.push(removeVersion(store, PREFIX, SCENES));
    await inSomeOrder(store, tasks, random);
    store.free = true;
    const keys = await keysOf(store, `${PREFIX}/${SCENES}/`);
    const names = keys.map((key) => key.slice(key.lastIndexOf('/') + 1));
    if (names.includes('item.json')) {
      assert.deepEqual(
        names,
        ['classes.tif', 'classes.tif.aux.xml', 'confidence.tif', 'item.json'],
        `${round}`,
      );
      whole += 1;
    } else gone += 1;
  }
  assert.ok(whole > 20 && gone > 20, `${whole} whole, ${gone} gone`);
});

test('the item goes first, and what is none of ours stays', async () => {
  const store = new MemoryObjectStore();
  await writeVersion(store, METATILE, SCENES);
  const foreign = `${PREFIX}/${SCENES}/notes of mine.txt`;
  await store.put(BUCKET, foreign, Buffer.from('x'));
  const order: string[] = [];
  await removeVersion(store, PREFIX, SCENES, (key) => order.push(key.slice(key.lastIndexOf('/') + 1)));
  assert.equal(order[0], 'item.json');
  assert.deepEqual(await keysOf(store), [`${PREFIX}/${SCENES}/notes of mine.txt`, `${PREFIX}/current.json`]);
});

test('a finished metatile without its products is damaged: told, removed, made anew', async () => {
  const store = new MemoryObjectStore();
  await writeVersion(store, METATILE, SCENES);
  await store.delete(BUCKET, productKey(PREFIX, SCENES, 'classes'));
  const damage: string[] = [];
  const archive = new Archive(store, { onDamage: ({ code }) => damage.push(code) });
  assert.equal(await archive.readProduct(RECIPE, SEASON, METATILE, SCENES, 'classes'), undefined);
  assert.deepEqual(damage, ['store-corrupt']);
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, SCENES), false);
  await writeVersion(store, METATILE, SCENES);
  damage.length = 0;
  assert.equal(await archive.readProduct(RECIPE, SEASON, METATILE, SCENES, 'ndvi_peak'), undefined);
  assert.deepEqual(damage, [], 'a feature that nobody asked for yet');
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, SCENES), true);
});
