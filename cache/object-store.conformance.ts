import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../engine/errors.js';
import type { Bucket, ObjectStore } from './object-store.js';

const BUCKET: Bucket = 'geocrop-results';
const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');

async function collect<T>(things: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const thing of things) out.push(thing);
  return out;
}

/**
 * What every object store keeps to. Each test gets a store without objects.
 * @param makeStore also says how to take the store away again
 */
export function objectStoreConformance(
  name: string,
  makeStore: () => Promise<{ readonly store: ObjectStore; readonly close: () => Promise<void> }>,
): void {
  const check = (what: string, run: (store: ObjectStore) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const { store, close } = await makeStore();
      try {
        await run(store);
      } finally {
        await close();
      }
    });
  };

  check('what was put is got, whole and in parts', async (store) => {
    assert.equal(await store.put(BUCKET, 'a/b.txt', text('hello')), 'written');
    assert.deepEqual(Buffer.from((await store.get(BUCKET, 'a/b.txt')) ?? []).toString(), 'hello');
    assert.deepEqual(Buffer.from((await store.getRange(BUCKET, 'a/b.txt', 1, 3)) ?? []).toString(), 'el');
  });

  check('nothing there is undefined, not an error', async (store) => {
    assert.equal(await store.get(BUCKET, 'no'), undefined);
    assert.equal(await store.getRange(BUCKET, 'no', 0, 5), undefined);
    assert.equal(await store.head(BUCKET, 'no'), undefined);
    await store.delete(BUCKET, 'no');
    assert.deepEqual(await collect(store.list(BUCKET, 'no')), []);
    await store.put(BUCKET, 'a/b', text('x'));
    assert.equal(await store.get(BUCKET, 'a'), undefined, 'what only begins keys is no object');
    assert.equal(await store.head(BUCKET, 'a'), undefined);
  });

  check('ranges are cut at the end', async (store) => {
    await store.put(BUCKET, 'k', text('0123456789'));
    const range = async (start: number, end: number): Promise<string> =>
      Buffer.from((await store.getRange(BUCKET, 'k', start, end)) ?? text('missing')).toString();
    assert.equal(await range(8, 99), '89');
    assert.equal(await range(0, 10), '0123456789');
    assert.equal(await range(10, 20), '');
    assert.equal(await range(500, 600), '');
    assert.equal(await range(3, 3), '');
    for (const [start, end] of [
      [-1, 3],
      [5, 4],
      [0.5, 3],
    ] as const) {
      await assert.rejects(store.getRange(BUCKET, 'k', start, end), RangeError);
    }
  });

  check('empty objects are objects', async (store) => {
    await store.put(BUCKET, 'empty', new Uint8Array());
    assert.equal((await store.get(BUCKET, 'empty'))?.length, 0);
    assert.equal((await store.getRange(BUCKET, 'empty', 0, 10))?.length, 0);
    assert.equal((await store.head(BUCKET, 'empty'))?.size, 0);
  });

  check('big objects', async (store) => {
    const big = new Uint8Array(9 * 2 ** 20 + 7).map((_, i) => i % 251);
    await store.put(BUCKET, 'big', big);
    assert.ok(Buffer.from(big).equals((await store.get(BUCKET, 'big')) ?? new Uint8Array()));
    const tail = await store.getRange(BUCKET, 'big', big.length - 5, big.length + 5);
    assert.deepEqual([...(tail ?? [])], [...big.subarray(-5)]);
  });

  check('a second put replaces', async (store) => {
    await store.put(BUCKET, 'k', text('a long first text'));
    await store.put(BUCKET, 'k', text('two'));
    assert.equal(Buffer.from((await store.get(BUCKET, 'k')) ?? []).toString(), 'two');
    assert.equal((await store.head(BUCKET, 'k'))?.size, 3);
  });

  check('if-none-match keeps what is there', async (store) => {
    assert.equal(await store.put(BUCKET, 'k', text('one'), { ifNoneMatch: '*' }), 'written');
    assert.equal(await store.put(BUCKET, 'k', text('two'), { ifNoneMatch: '*' }), 'exists');
    assert.equal(Buffer.from((await store.get(BUCKET, 'k')) ?? []).toString(), 'one');
    await store.delete(BUCKET, 'k');
    assert.equal(await store.put(BUCKET, 'k', text('three'), { ifNoneMatch: '*' }), 'written');
  });

  check('of many conditional writers exactly one wins, and its bytes stay', async (store) => {
    for (let round = 0; round < 5; round++) {
      const key = `race/${round}`;
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          store.put(BUCKET, key, new Uint8Array(50_000).fill(i), { ifNoneMatch: '*' }),
        ),
      );
      assert.equal(answers.filter((answer) => answer === 'written').length, 1);
      const winner = answers.indexOf('written');
      const bytes = await store.get(BUCKET, key);
      assert.equal(bytes?.length, 50_000);
      assert.ok(bytes.every((byte) => byte === winner));
    }
  });

  check('readers of an object that is being replaced see one whole version', async (store) => {
    await store.put(BUCKET, 'k', new Uint8Array(100_000).fill(0));
    const writes = Array.from({ length: 10 }, (_, i) =>
      store.put(BUCKET, 'k', new Uint8Array(100_000 + i).fill(i + 1)),
    );
    const reads = Array.from({ length: 20 }, () => store.get(BUCKET, 'k'));
    for (const bytes of await Promise.all(reads)) {
      const first = bytes?.[0] ?? -1;
      assert.equal(bytes?.length, 100_000 + Math.max(0, first - 1));
      assert.ok(bytes.every((byte) => byte === first));
    }
    await Promise.all(writes);
  });

  check('keys of any script, spaces and signs', async (store) => {
    const keys = [
      'größe/ü.txt',
      '中文/作物',
      'emoji/🌽',
      'a b/c+d&e=f?g#h%2F',
      'quote\'"',
      'dots/..x/.y',
      'tab\there',
    ];
    for (const key of keys) await store.put(BUCKET, key, text(key));
    for (const key of keys) {
      assert.equal(Buffer.from((await store.get(BUCKET, key)) ?? []).toString(), key);
    }
    assert.deepEqual(new Set(await collect(store.list(BUCKET, ''))), new Set(keys));
  });

  check('what is no key is refused, everywhere', async (store) => {
    for (const key of [
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      'a/../b',
      '../a',
      'a/./b',
      'a\0b',
      'a\\b',
      'x'.repeat(1100),
    ]) {
      const refused = (error: unknown): boolean => isGeoCropError(error, 'bad-request');
      await assert.rejects(store.get(BUCKET, key), refused, key);
      await assert.rejects(store.getRange(BUCKET, key, 0, 1), refused, key);
      await assert.rejects(store.head(BUCKET, key), refused, key);
      await assert.rejects(store.put(BUCKET, key, text('x')), refused, key);
      await assert.rejects(store.delete(BUCKET, key), refused, key);
    }
    await assert.rejects(collect(store.list(BUCKET, '../')), (error: unknown) =>
      isGeoCropError(error, 'bad-request'),
    );
  });

  check('keys are listed below a prefix, in code-unit order', async (store) => {
    const keys = ['a-b', 'a.b', 'a/b/c', 'a/b/d', 'a/bc', 'a0', 'ab', 'b/1', 'b/10', 'b/2', 'B/1'];
    for (const key of [...keys].reverse()) await store.put(BUCKET, key, text(key));
    assert.deepEqual(await collect(store.list(BUCKET, '')), [...keys].sort());
    assert.deepEqual(
      await collect(store.list(BUCKET, 'a')),
      keys.filter((key) => key.startsWith('a')).sort(),
    );
    assert.deepEqual(await collect(store.list(BUCKET, 'a/b')), ['a/b/c', 'a/b/d', 'a/bc']);
    assert.deepEqual(await collect(store.list(BUCKET, 'a/b/')), ['a/b/c', 'a/b/d']);
    assert.deepEqual(await collect(store.list(BUCKET, 'b/1')), ['b/1', 'b/10']);
  });

  check('entries have size and time, in the order of keys', async (store) => {
    const before = Date.now();
    const keys = ['a/b/c', 'a/b/d', 'a/bc', 'a0', 'b/é/🌽 1+1', 'ab'];
    for (const [i, key] of keys.entries()) await store.put(BUCKET, key, new Uint8Array(i));
    const entries = await collect(store.entries(BUCKET, ''));
    assert.deepEqual(
      entries.map(({ key }) => key),
      await collect(store.list(BUCKET, '')),
    );
    for (const { key, size, modified } of entries) {
      assert.equal(size, keys.indexOf(key), key);
      // Servers and file systems may count in whole seconds, in one answer or in all.
      const head = (await store.head(BUCKET, key))?.modified.getTime() ?? 0;
      assert.ok(Math.abs(modified.getTime() - head) < 1_000, key);
      assert.ok(modified.getTime() > before - 5_000 && modified.getTime() < Date.now() + 5_000, key);
    }
    assert.deepEqual(
      (await collect(store.entries(BUCKET, 'a/b'))).map(({ key }) => key),
      ['a/b/c', 'a/b/d', 'a/bc'],
    );
    assert.deepEqual(await collect(store.entries(BUCKET, 'no')), []);
    await assert.rejects(collect(store.entries(BUCKET, '../')), (error: unknown) =>
      isGeoCropError(error, 'bad-request'),
    );
  });

  check('while others write and delete, entries are of what is there', async (store) => {
    for (let i = 0; i < 40; i++) await store.put(BUCKET, `stays/${i}`, text('x'));
    const churn = (async () => {
      for (let i = 0; i < 40; i++) {
        await store.put(BUCKET, `comes/and/goes/${i}`, text('y'));
        await store.delete(BUCKET, `comes/and/goes/${i}`);
      }
    })();
    for (let round = 0; round < 3; round++) {
      const seen = (await collect(store.entries(BUCKET, ''))).map(({ key }) => key);
      assert.equal(seen.filter((key) => key.startsWith('stays/')).length, 40);
    }
    await churn;
    assert.equal((await collect(store.entries(BUCKET, ''))).length, 40);
  });

  check('a key can be put where the last one below it was deleted, also at once', async (store) => {
    await store.put(BUCKET, 'a/b/c', text('x'));
    await store.delete(BUCKET, 'a/b/c');
    assert.equal(await store.put(BUCKET, 'a', text('y')), 'written');
    await store.delete(BUCKET, 'a');
    for (let round = 0; round < 20; round++) {
      await store.put(BUCKET, 'a/b/old', text('x'));
      const [put] = await Promise.all([
        store.put(BUCKET, 'a/b/new', text('new'), { ifNoneMatch: '*' }),
        store.delete(BUCKET, 'a/b/old'),
      ]);
      assert.equal(put, 'written');
      assert.deepEqual(await collect(store.list(BUCKET, '')), ['a/b/new']);
      await store.delete(BUCKET, 'a/b/new');
    }
  });

  check('buckets are apart', async (store) => {
    await store.put('geocrop-models', 'k', text('model'));
    assert.equal(await store.get(BUCKET, 'k'), undefined);
    assert.deepEqual(await collect(store.list(BUCKET, '')), []);
  });

  check('what is deleted is gone', async (store) => {
    await store.put(BUCKET, 'a/k', text('x'));
    await store.delete(BUCKET, 'a/k');
    assert.equal(await store.get(BUCKET, 'a/k'), undefined);
    assert.deepEqual(await collect(store.list(BUCKET, '')), []);
  });

  check('the caller may do with bytes what it likes', async (store) => {
    const mine = text('mine');
    await store.put(BUCKET, 'k', mine);
    mine.fill(0);
    const first = await store.get(BUCKET, 'k');
    first?.fill(1);
    assert.equal(Buffer.from((await store.get(BUCKET, 'k')) ?? []).toString(), 'mine');
  });

  check('an aborted read rejects, and the next one works', async (store) => {
    await store.put(BUCKET, 'k', text('x'));
    await assert.rejects(store.get(BUCKET, 'k', AbortSignal.abort()), (error: unknown) =>
      isGeoCropError(error, 'aborted'),
    );
    assert.equal((await store.get(BUCKET, 'k', new AbortController().signal))?.length, 1);
  });
}
