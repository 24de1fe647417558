import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GeoCropError, isGeoCropError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { createByteSource } from './byte-source/create-byte-source.js';
import { CogReader } from './cog-reader.js';
import type { CogHeader } from './cog-header.js';
import { fixtureHref, FIXTURES } from './fixtures/fixtures.js';
import { readLevel } from './read-level.js';
import { CountingSource, mapStore, memorySource } from './testing.js';

const HREF = 'https://example.test/scene/B04.tif';
const FILE = new Uint8Array(readFileSync(fileURLToPath(new URL('uint16-deflate-2.tif', FIXTURES))));
const files = { [HREF]: FILE };
/** The full resolution of the fixture: 3 × 3 blocks. */
const ALL = Array.from({ length: 9 }, (_, block) => ({ level: 0, block }));

const blockBytes = (header: CogHeader, block: number): Uint8Array => {
  const { offsets = [], byteCounts = [] } = header.levels[0] ?? {};
  const offset = offsets[block] ?? NaN;
  return FILE.slice(offset, offset + (byteCounts[block] ?? NaN));
};

/** A source whose every read waits for the test. */
class HeldSource implements ByteSource {
  readonly reads: {
    start: number;
    end: number;
    signal: AbortSignal | undefined;
    go: () => void;
    fail: (error: Error) => void;
  }[] = [];
  private arrivals: { count: number; resolve: () => void }[] = [];

  read(href: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const go = (): void => resolve(memorySource(files).read(href, start, end));
      signal?.addEventListener('abort', () => reject(new GeoCropError('aborted', 'given up')));
      this.reads.push({ start, end, signal, go, fail: reject });
      for (const arrival of this.arrivals) if (this.reads.length >= arrival.count) arrival.resolve();
    });
  }

  /** Until so many reads have come in all. */
  async arrived(count: number): Promise<void> {
    if (this.reads.length >= count) return;
    await new Promise<void>((resolve) => this.arrivals.push({ count, resolve }));
  }
}

const aborted = (error: unknown): boolean => isGeoCropError(error, 'aborted');
const knownHeader = (): Promise<CogHeader> =>
  new CogReader({ source: memorySource(files), store: mapStore() }).header(HREF);

test('a header is one read, once, for all who ask', async () => {
  const source = new CountingSource(memorySource(files));
  const reader = new CogReader({ source, store: mapStore() });
  const [a, b] = await Promise.all([reader.header(HREF), reader.header(HREF)]);
  assert.equal(a, b);
  assert.equal(await reader.header(HREF), a);
  assert.deepEqual(source.reads, [{ href: HREF, start: 0, end: 32768 }]);
  assert.equal(reader.stats.headersRead, 1);
});

test('the header of a Sentinel-2 band is one request', async () => {
  const file = new Uint8Array(readFileSync(fileURLToPath(new URL('layout-sentinel-2.tif', FIXTURES))));
  const source = new CountingSource(memorySource({ [HREF]: file }));
  const { levels } = await new CogReader({ source, store: mapStore() }).header(HREF);
  assert.deepEqual(
    levels.map(({ width, blocksAcross }) => [width, blocksAcross]),
    [
      [10980, 11],
      [5490, 6],
      [2745, 3],
      [1372, 2],
      [686, 1],
    ],
  );
  assert.equal(source.reads.length, 1);
});

test('after a restart neither header nor blocks are read from the source', async () => {
  const store = mapStore();
  const first = new CogReader({ source: memorySource(files), store });
  const header = await first.header(HREF);
  const blocks = await first.blocks(header, ALL);
  const source = new CountingSource(memorySource(files));
  const second = new CogReader({ source, store });
  const again = await second.header(HREF);
  assert.deepEqual(again, header);
  assert.deepEqual(await second.blocks(again, ALL), blocks);
  assert.deepEqual(source.reads, []);
  assert.equal(second.stats.storeHits, 9);
  assert.equal(second.stats.headersKept, 1);
});

test('nodata that JSON cannot say survives the store', async () => {
  for (const [name, nodata] of [
    ['float32-deflate-3.tif', NaN],
    ['float64-deflate-3.tif', -Infinity],
  ] as const) {
    const store = mapStore();
    const source = memorySource({
      [HREF]: new Uint8Array(readFileSync(fileURLToPath(new URL(name, FIXTURES)))),
    });
    const header = await new CogReader({ source, store }).header(HREF);
    assert.equal(header.nodata, nodata);
    assert.deepEqual(await new CogReader({ source: memorySource({}), store }).header(HREF), header);
  }
});

test('what a store gives back is not trusted', async () => {
  const store = mapStore();
  const reader = new CogReader({ source: memorySource(files), store });
  const header = await reader.header(HREF);
  const blocks = await reader.blocks(header, ALL);
  for (const [key, bytes] of store.entries) store.entries.set(key, bytes.slice(0, -1));
  const source = new CountingSource(memorySource(files));
  const again = new CogReader({ source, store });
  assert.deepEqual(await again.blocks(await again.header(HREF), ALL), blocks);
  assert.equal(again.stats.storeHits, 0);
});

test('a block that did not decode is fetched anew, and so is the header', async () => {
  const damaged = FILE.slice();
  const store = mapStore();
  const served: Record<string, Uint8Array> = { [HREF]: damaged };
  const source = new CountingSource(memorySource(served));
  const reader = new CogReader({ source, store });
  const [offset = NaN] = (await knownHeader()).levels[0]?.offsets ?? [];
  damaged.fill(0, offset, offset + 20);
  await assert.rejects(readLevel(reader, HREF, 0), (error) => isGeoCropError(error, 'block-corrupt'));
  served[HREF] = FILE;
  source.clear();
  const { data } = await readLevel(reader, HREF, 0);
  assert.equal(data.length, 46 * 35);
  // Header and one block; the good blocks were kept.
  assert.equal(source.reads.length, 2);
  assert.equal(source.reads[1]?.start, offset);
});

test('a block that is discarded while the store still takes it does not come back', async () => {
  const kept = mapStore();
  const late: (() => void)[] = [];
  let slow = true;
  const store = {
    get: (key: string) => kept.get(key),
    put: async (key: string, bytes: Uint8Array): Promise<void> => {
      if (slow && key.startsWith('block/') && bytes.length > 0) {
        await new Promise<void>((resolve) => late.push(resolve));
      }
      await kept.put(key, bytes);
    },
  };
  const reader = new CogReader({ source: memorySource(files), store });
  const header = await reader.header(HREF);
  const request = [{ level: 0, block: 4 }];
  await reader.blocks(header, request);
  const discarded = reader.forget(header, request);
  slow = false;
  for (const arrive of late) arrive();
  await discarded;
  const source = new CountingSource(memorySource(files));
  const fresh = new CogReader({ source, store });
  await fresh.blocks(await fresh.header(HREF), request);
  assert.equal(fresh.stats.storeHits, 0);
});

test('a store that rejects is no error', async () => {
  const broken = { get: () => Promise.reject(new Error('get')), put: () => Promise.reject(new Error('put')) };
  const reader = new CogReader({ source: memorySource(files), store: broken });
  const header = await reader.header(HREF);
  assert.deepEqual(await reader.blocks(header, [{ level: 0, block: 4 }]), [blockBytes(header, 4)]);
});

test('local files are not kept twice, unless asked for', async () => {
  const href = fixtureHref('uint16-deflate-2.tif');
  const source = new CountingSource(memorySource({ [href]: FILE }));
  const store = mapStore();
  const reader = new CogReader({ source, store });
  await reader.blocks(await reader.header(href), ALL);
  assert.equal(store.entries.size, 0);
  const keeping = new CogReader({ source, store, keepLocal: true });
  await keeping.blocks(await keeping.header(href), ALL);
  assert.equal(store.entries.size, 10);
});

test('neighbouring blocks are one read; each comes back as itself, in the order asked', async () => {
  const source = new CountingSource(memorySource(files));
  const reader = new CogReader({ source, store: mapStore() });
  const header = await reader.header(HREF);
  source.clear();
  const order = [7, 0, 3, 3, 8];
  const blocks = await reader.blocks(
    header,
    order.map((block) => ({ level: 0, block })),
  );
  assert.deepEqual(
    blocks,
    order.map((block) => blockBytes(header, block)),
  );
  assert.equal(source.reads.length, 1);
  assert.equal(reader.stats.fetched, 4);
  assert.equal(reader.stats.bytes, source.bytes);
});

test('without merging each block is one read, and a block is never read twice', async () => {
  const source = new CountingSource(memorySource(files));
  const reader = new CogReader({ source, store: mapStore(), gapBytes: -1 });
  const header = await reader.header(HREF);
  source.clear();
  await Promise.all([
    reader.blocks(header, ALL),
    reader.blocks(header, ALL.slice(3)),
    reader.blocks(header, ALL),
  ]);
  await reader.blocks(header, ALL);
  const { offsets = [], byteCounts = [] } = header.levels[0] ?? {};
  assert.deepEqual(
    source.reads.map(({ start, end }) => [start, end]).sort(([a = 0], [b = 0]) => a - b),
    offsets.map((offset, i) => [offset, offset + (byteCounts[i] ?? NaN)]).sort(([a = 0], [b = 0]) => a - b),
  );
  assert.deepEqual([reader.stats.fetched, reader.stats.shared, reader.stats.storeHits], [9, 15, 9]);
});

test('sparse blocks are null and cost nothing', async () => {
  const bytes = new Uint8Array(readFileSync(fileURLToPath(new URL('uint16-sparse.tif', FIXTURES))));
  const source = new CountingSource(memorySource({ [HREF]: bytes }));
  const reader = new CogReader({ source, store: mapStore() });
  const header = await reader.header(HREF);
  source.clear();
  assert.deepEqual(await reader.blocks(header, [ALL[0]!, ALL[2]!]), [null, null]);
  assert.deepEqual(source.reads, []);
  assert.equal((await reader.blocks(header, ALL)).filter((block) => block !== null).length, 2);
});

test('blocks that the header does not have are a RangeError', async () => {
  const reader = new CogReader({ source: memorySource(files), store: mapStore() });
  const header = await reader.header(HREF);
  for (const request of [
    { level: 0, block: 9 },
    { level: 0, block: -1 },
    { level: 0, block: 0.5 },
    { level: 9, block: 0 },
    { level: 0, block: 0, plane: 1 },
  ]) {
    await assert.rejects(reader.blocks(header, [request]), RangeError);
  }
});

test('one caller gives up, the other gets its block; the read stops with the last', async () => {
  const header = await knownHeader();
  const source = new HeldSource();
  const reader = new CogReader({ source, store: mapStore() });
  const [first, second] = [new AbortController(), new AbortController()];
  const one = reader.blocks(header, ALL, first.signal);
  const two = reader.blocks(header, [{ level: 0, block: 4 }], second.signal);
  await source.arrived(1);
  first.abort();
  await assert.rejects(one, aborted);
  assert.equal(source.reads[0]?.signal?.aborted, false);
  source.reads[0]?.go();
  assert.deepEqual(await two, [blockBytes(header, 4)]);

  const third = new AbortController();
  const three = new CogReader({ source, store: mapStore() }).blocks(header, ALL, third.signal);
  await source.arrived(2);
  third.abort();
  await assert.rejects(three, aborted);
  assert.equal(source.reads[1]?.signal?.aborted, true);
});

test('blocks that were given up are fetched anew for who comes after', async () => {
  const header = await knownHeader();
  const source = new HeldSource();
  const reader = new CogReader({ source, store: mapStore() });
  const controller = new AbortController();
  const given = reader.blocks(header, ALL, controller.signal);
  await source.arrived(1);
  controller.abort();
  const next = reader.blocks(header, [{ level: 0, block: 4 }]);
  await assert.rejects(given, aborted);
  await source.arrived(2);
  source.reads[1]?.go();
  assert.deepEqual(await next, [blockBytes(header, 4)]);
});

test('who gives up while the store is asked causes no read', async () => {
  const header = await knownHeader();
  const source = new CountingSource(memorySource(files));
  let answer = (): void => undefined;
  const slow = {
    get: () => new Promise<undefined>((resolve) => (answer = () => resolve(undefined))),
    put: async () => undefined,
  };
  const reader = new CogReader({ source, store: slow });
  const controller = new AbortController();
  const given = reader.blocks(header, [{ level: 0, block: 4 }], controller.signal);
  controller.abort();
  await assert.rejects(given, aborted);
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(source.reads, []);
});

test('a failed read reaches all who wait for it and is not remembered', async () => {
  const source = new HeldSource();
  const reader = new CogReader({ source, store: mapStore() });
  const headers = [reader.header(HREF), reader.header(HREF)];
  await source.arrived(1);
  source.reads[0]?.fail(new GeoCropError('source-unavailable', 'down'));
  for (const one of headers)
    await assert.rejects(one, (error) => isGeoCropError(error, 'source-unavailable'));
  const again = reader.header(HREF);
  await source.arrived(2);
  source.reads[1]?.go();
  const header = await again;

  const blocks = [reader.blocks(header, ALL), reader.blocks(header, ALL)];
  await source.arrived(3);
  source.reads[2]?.fail(new GeoCropError('source-missing', 'gone'));
  for (const one of blocks) await assert.rejects(one, (error) => isGeoCropError(error, 'source-missing'));
  const good = reader.blocks(header, [{ level: 0, block: 0 }]);
  await source.arrived(4);
  source.reads[3]?.go();
  assert.deepEqual(await good, [blockBytes(header, 0)]);
});

test('hundreds of reads under one signal make no noise', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const { signal } = new AbortController();
  const reader = new CogReader({ source: createByteSource({ maxInFlight: 2 }), store: mapStore() });
  const header = await reader.header(fixtureHref('uint16-deflate-2.tif'), signal);
  await Promise.all(Array.from({ length: 200 }, (_, i) => reader.blocks(header, [ALL[i % 9]!], signal)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});

test('one who gives up on a header leaves the others theirs', async () => {
  const source = new HeldSource();
  const reader = new CogReader({ source, store: mapStore() });
  const controller = new AbortController();
  const one = reader.header(HREF, controller.signal);
  const two = reader.header(HREF);
  await source.arrived(1);
  controller.abort();
  await assert.rejects(one, aborted);
  source.reads[0]?.go();
  assert.equal((await two).href, HREF);
});

test('a failed range takes only its own blocks along', async () => {
  const header = await knownHeader();
  const { offsets = [] } = header.levels[0] ?? {};
  const bad = offsets[8] ?? NaN;
  const source: ByteSource = {
    read: (href, start, end) =>
      start === bad
        ? Promise.reject(new GeoCropError('source-unavailable', 'down'))
        : memorySource(files).read(href, start, end),
  };
  const reader = new CogReader({ source, store: mapStore(), gapBytes: -1 });
  const failing = reader.blocks(header, [{ level: 0, block: 8 }]);
  assert.deepEqual(await reader.blocks(header, [{ level: 0, block: 0 }]), [blockBytes(header, 0)]);
  await assert.rejects(failing, (error) => isGeoCropError(error, 'source-unavailable'));
});

test('offset lists far in the file cost a bounded number of reads', async () => {
  // A classic TIFF whose IFD and lists lie at its end, megabytes from the start, as writers without layout leave them.
  const blocks = 64 * 64;
  const lists = 4 * 1024 * 1024;
  const file = new Uint8Array(lists + blocks * 8 + 200);
  const view = new DataView(file.buffer);
  const ifd = lists + blocks * 8;
  view.setUint32(0, 0x002a4949, true);
  view.setUint32(4, ifd, true);
  const tags: [number, number, number, number][] = [
    [256, 4, 1, 64 * 16],
    [257, 4, 1, 64 * 16],
    [258, 3, 1, 16],
    [259, 3, 1, 8],
    [277, 3, 1, 1],
    [322, 3, 1, 16],
    [323, 3, 1, 16],
    [324, 4, blocks, lists],
    [325, 4, blocks, lists + blocks * 4],
    [339, 3, 1, 1],
  ];
  view.setUint16(ifd, tags.length, true);
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    view.setUint16(ifd + 2 + i * 12, tag, true);
    view.setUint16(ifd + 4 + i * 12, type, true);
    view.setUint32(ifd + 6 + i * 12, count, true);
    view.setUint32(ifd + 10 + i * 12, value, true);
  }
  for (let i = 0; i < blocks; i += 1) {
    view.setUint32(lists + i * 4, 1000 + i, true);
    view.setUint32(lists + blocks * 4 + i * 4, 1, true);
  }
  const source = new CountingSource(memorySource({ [HREF]: file }));
  const header = await new CogReader({ source, store: mapStore() }).header(HREF);
  assert.deepEqual(header.levels[0]?.offsets.slice(-2), [1000 + blocks - 2, 1000 + blocks - 1]);
  assert.ok(source.reads.length <= 3, `${source.reads.length} reads`);
});
