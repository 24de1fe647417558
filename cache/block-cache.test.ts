import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DiskBlockCache, MemoryBlockStore } from './block-cache.js';

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'geocrop-blocks-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const block = (value: number, length = 5000): Uint8Array => new Uint8Array(length).fill(value);

/** Paths of all block files below a directory. */
async function files(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a block comes back as it was put, also after a restart', async (t) => {
  const path = await directory(t);
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  await cache.put('a/../b', block(7));
  await cache.put('empty', new Uint8Array(0));
  assert.deepEqual(await cache.get('a/../b'), block(7));
  assert.equal(await cache.get('unknown'), undefined);
  const again = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  assert.deepEqual(await again.get('a/../b'), block(7));
  assert.deepEqual(await again.get('empty'), new Uint8Array(0));
  assert.deepEqual(again.stats, { ...cache.stats, hits: 2, misses: 0 });
  for (const file of await files(path))
    assert.match(file.slice(path.length), /^[/\\][0-9a-f]{2}[/\\][0-9a-f]{32}$/);
});

test('the least recently used block goes first, and the quota holds', async (t) => {
  const path = await directory(t);
  // 5,016 bytes are two disk blocks: three entries fit.
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 3 * 8192 });
  for (const key of ['a', 'b', 'c']) await cache.put(key, block(1));
  await cache.get('a');
  await cache.put('d', block(2));
  assert.equal(await cache.get('b'), undefined);
  assert.deepEqual(await cache.get('a'), block(1));
  assert.equal(cache.stats.evicted, 1);
  assert.equal(cache.stats.bytes, 3 * 8192);
  assert.equal((await files(path)).length, 3);
});

test('recency survives a restart, and a smaller quota is kept at once', async (t) => {
  const path = await directory(t);
  let now = Date.UTC(2026, 0, 1);
  const options = { directory: path, quotaBytes: 1e6, now: () => now };
  const cache = await DiskBlockCache.open(options);
  for (const key of ['a', 'b', 'c']) await cache.put(key, block(1));
  for (const key of ['c', 'a', 'b']) {
    now += 7_200_000;
    await cache.get(key);
  }
  const again = await DiskBlockCache.open({ ...options, quotaBytes: 2 * 8192 });
  assert.equal(again.stats.entries, 2);
  assert.equal(await again.get('c'), undefined);
  assert.deepEqual(await again.get('a'), block(1));
});

test('a block larger than the quota is dropped, and nothing is thrown out for it', async (t) => {
  const cache = await DiskBlockCache.open({ directory: await directory(t), quotaBytes: 16384 });
  await cache.put('small', block(1));
  await cache.put('large', block(1, 20000));
  assert.equal(await cache.get('large'), undefined);
  assert.deepEqual(await cache.get('small'), block(1));
  assert.equal(cache.stats.dropped, 1);
});

test('a damaged file is removed and never returned', async (t) => {
  const path = await directory(t);
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  for (const length of [0, 10, 16, 3000]) {
    await cache.put('key', block(3));
    const [file] = await files(path);
    assert.ok(file !== undefined);
    await truncate(file, length);
    assert.equal(await cache.get('key'), undefined);
    assert.deepEqual(await files(path), []);
  }
  for (const at of [0, 5, 9, 16, 4000, 5015]) {
    await cache.put('key', block(3));
    const [file] = await files(path);
    assert.ok(file !== undefined);
    const bytes = await readFile(file);
    bytes[at] = bytes[at]! ^ 0x10;
    await writeFile(file, bytes);
    assert.equal(await cache.get('key'), undefined, `byte ${at}`);
  }
  assert.equal(cache.stats.damaged, 10);
  assert.equal(cache.stats.bytes, 0);
});

test('what a killed process left half-written is swept away', async (t) => {
  const path = await directory(t);
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  await cache.put('key', block(3));
  const [file] = await files(path);
  await writeFile(`${file}.0123456789ab.tmp`, 'half');
  await writeFile(join(path, 'README'), 'not ours');
  const again = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  assert.equal(again.stats.entries, 1);
  assert.deepEqual((await files(path)).sort(), [file, join(path, 'README')].sort());
});

test('a file that disappeared is a miss', async (t) => {
  const path = await directory(t);
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 1e6 });
  await cache.put('key', block(3));
  for (const file of await files(path)) await rm(file);
  assert.equal(await cache.get('key'), undefined);
  assert.deepEqual(cache.stats, {
    entries: 0,
    bytes: 0,
    hits: 0,
    misses: 1,
    evicted: 0,
    dropped: 0,
    damaged: 0,
  });
});

test('a directory that cannot be written drops blocks and counts them', async (t) => {
  const path = await directory(t);
  const notADirectory = join(path, 'file');
  await writeFile(notADirectory, '');
  const cache = await DiskBlockCache.open({ directory: join(notADirectory, 'cache'), quotaBytes: 1e6 });
  await cache.put('key', block(1));
  assert.equal(await cache.get('key'), undefined);
  assert.equal(cache.stats.dropped, 1);
});

test('many writers at once stay within the quota', async (t) => {
  const path = await directory(t);
  const cache = await DiskBlockCache.open({ directory: path, quotaBytes: 5 * 8192 });
  await Promise.all(Array.from({ length: 40 }, (_, i) => cache.put(`key ${i % 20}`, block(i % 20))));
  assert.ok(cache.stats.bytes <= 5 * 8192);
  const kept = await Promise.all(Array.from({ length: 20 }, (_, i) => cache.get(`key ${i}`)));
  for (const [i, bytes] of kept.entries()) if (bytes !== undefined) assert.deepEqual(bytes, block(i));
  assert.equal((await files(path)).length, cache.stats.entries);
  assert.equal(cache.stats.bytes, cache.stats.entries * 8192);
});

test('blocks in memory: bounded, least recently used first', async () => {
  const store = new MemoryBlockStore(3 * 101);
  for (const key of ['a', 'b', 'c']) await store.put(key, block(1, 100));
  await store.get('a');
  await store.put('d', block(2, 100));
  assert.equal(await store.get('b'), undefined);
  assert.deepEqual(await store.get('a'), block(1, 100));
  await store.put('huge', block(1, 1000));
  assert.equal(await store.get('huge'), undefined);
  assert.equal(store.bytes, 303);
});
