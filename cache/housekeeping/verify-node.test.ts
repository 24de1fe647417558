import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryObjectStore } from '../memory-store.js';
import type { Bucket } from '../object-store.js';
import { CORNER, Site } from '../pyramid-testing.js';
import { keepHouse } from './keep-house.js';
import { keysOf, scenesOf } from './testing.js';
import { verifyStore } from './verify-store.js';

const BUCKET: Bucket = 'geocrop-results';

async function pyramid(): Promise<{ store: MemoryObjectStore; site: Site }> {
  const store = new MemoryObjectStore();
  const site = new Site(store);
  await site.write(CORNER, scenesOf('1'), '2022-06-01T00:00:00Z');
  await site.write({ x: CORNER.x + 1, y: CORNER.y }, scenesOf('2'), '2022-06-01T00:00:00Z');
  await site.useMarks();
  return { store, site };
}

test('verify reads the nodes of lower zooms, and a server makes anew what was taken out', async () => {
  const { store, site } = await pyramid();
  const nodes = async () => {
    const { broken, nodes: read } = await verifyStore(store);
    return { read, broken: broken.filter(({ key }) => key.startsWith('pyramid/')) };
  };
  assert.deepEqual(await nodes(), { read: 3, broken: [] });

  const bytesOf = async (key: string): Promise<Uint8Array> =>
    (await store.get(BUCKET, key)) ?? assert.fail(key);
  const metatiles = new Map<string, Uint8Array>();
  for (const key of await keysOf(store, 'archive/')) metatiles.set(key, await bytesOf(key));
  const damage: readonly (readonly [
    name: RegExp,
    change: (bytes: Uint8Array) => Uint8Array | null,
    says: RegExp,
  ])[] = [
    [/\/8\/.*\/classes\.tif$/, (bytes) => bytes.subarray(0, bytes.length - 100), /ends inside a block/],
    [/\/4\/.*\/observations\.tif$/, () => null, /missing, and its node names it/],
    [
      /\/8\/.*\/truecolor\.tif$/,
      (bytes) => bytes.map((byte, i) => (i === bytes.length - 50 ? byte ^ 4 : byte)),
      /./,
    ],
    [/\/0\/.*\/\d{8}\.json$/, () => Buffer.from('{"format": 1'), /not the JSON of a node/],
  ];
  for (const [name, change, says] of damage) {
    const keys = (await keysOf(store, 'pyramid/')).filter((each) => name.test(each));
    const key = keys.at(-1) ?? assert.fail(String(name));
    const bytes = change(await bytesOf(key));
    if (bytes === null) await store.delete(BUCKET, key);
    else await store.put(BUCKET, key, bytes);
    const found = await nodes();
    assert.deepEqual(
      found.broken.map((one) => one.key),
      [key],
    );
    assert.match(found.broken[0]?.what ?? '', says);

    const { broken } = await verifyStore(store, { repair: true });
    // The made-up metatiles have no real items: they were taken out, too.
    for (const [archived, file] of metatiles) await store.put(BUCKET, archived, file);
    assert.ok(broken.find((one) => one.key === key)?.repaired);
    assert.equal((await site.marked()).length, 1);
    const again = await verifyStore(store);
    assert.deepEqual(
      [again.waiting, again.broken.filter((one) => one.key.startsWith('pyramid/'))],
      [1, []],
      String(name),
    );
    await new Site(store).useMarks();
  }
  assert.deepEqual(await nodes(), { read: 3, broken: [] });
});

test('gc leaves the pyramid as it is, and it goes on showing what went', async () => {
  const { store, site } = await pyramid();
  const before = await keysOf(store, 'pyramid/');
  const tile = { z: 11, x: CORNER.x >> 1, y: CORNER.y >> 1 };
  const shown = await site.tile(tile, 'classes');
  assert.ok(shown !== null);
  const year = 365 * 86_400_000;
  const report = await keepHouse(store, {
    now: Date.now() + year,
    quotaBytes: 0,
    keepMs: 0,
    known: { recipes: new Set(), sceneLists: new Set() },
    windows: null,
  });
  assert.equal(report.removed.filter(({ kind }) => kind === 'version').length, 2);
  assert.deepEqual(await keysOf(store, 'pyramid/'), before);
  assert.deepEqual((await new Site(store).tile(tile, 'classes'))?.data, shown.data);
});
