import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { Archive } from '../archive.js';
import { metatilePrefix } from '../archive-keys.js';
import { MemoryObjectStore } from '../memory-store.js';
import type { Bucket } from '../object-store.js';
import { keysOf, RECIPE, scenesOf, SEASON } from './testing.js';
import { archiveReal, encodeValues, SCENES, valuesOf } from './verify-testing.js';
import { verifyStore } from './verify-store.js';

const BUCKET: Bucket = 'geocrop-results';
const METATILE = { x: 2389, y: 2254 };
const OTHER = { x: 2389, y: 2255 };
const FOLDER = `${metatilePrefix(RECIPE, SEASON, METATILE)}/${SCENES}/`;
const POINTER = `${metatilePrefix(RECIPE, SEASON, METATILE)}/current.json`;
const LIST = `scenes/world/${SEASON}/12/${METATILE.x}/${METATILE.y}.json`;

let whole: MemoryObjectStore;
/** One metatile: half the work of {@link whole}. */
let single: MemoryObjectStore;

/** A store of its own with the same. */
async function fresh(from = whole): Promise<MemoryObjectStore> {
  const store = new MemoryObjectStore();
  for (const key of await keysOf(from)) await store.put(BUCKET, key, await bytesOf(from, key));
  return store;
}
const bytesOf = async (store: MemoryObjectStore, key: string): Promise<Uint8Array> =>
  (await store.get(BUCKET, key)) ?? assert.fail(`${key} is not there`);

describe('verify', () => {
  before(async () => {
    single = new MemoryObjectStore();
    await archiveReal(single, METATILE);
    whole = await fresh(single);
    await archiveReal(whole, OTHER);
  });

  test('nothing is broken where nothing is, and all was read', async () => {
    const report = await verifyStore(whole);
    assert.deepEqual(report.broken, []);
    assert.equal(report.metatiles, 2);
    assert.equal(report.sceneLists, 2);
    const keys = await keysOf(whole, 'archive/');
    assert.equal(report.files, keys.length + 2, 'the scene lists too');
  });

  /** Damage of one file, and what is said of it. */
  const damages: readonly (readonly [
    what: string,
    file: string,
    damage: (bytes: Uint8Array, store: MemoryObjectStore) => Uint8Array | null | Promise<Uint8Array>,
    says: RegExp,
  ])[] = [
    ['a byte flipped in a block', 'classes.tif', (bytes) => flip(bytes, bytes.length - 5000), /checksum/],
    [
      'a byte flipped in a block of a feature',
      'ndvi_peak.tif',
      (bytes) => flip(bytes, bytes.length - 5000),
      /./,
    ],
    ['a byte flipped in the header', 'confidence.tif', (bytes) => flip(bytes, 20), /./],
    ['a cut file', 'truecolor.tif', (bytes) => bytes.subarray(0, bytes.length / 2), /bytes, expected/],
    ['a cut feature', 'ndvi_peak.tif', (bytes) => bytes.subarray(0, bytes.length / 2), /ends inside a block/],
    ['an empty file', 'observations.tif', () => new Uint8Array(), /0 bytes, expected/],
    ['an empty feature', 'ndvi_peak.tif', () => new Uint8Array(), /empty/],
    ['a file of something else', 'classes.tif', () => Buffer.from('\x89PNG, a picture'), /bytes, expected/],
    [
      'a feature that is something else',
      'ndvi_peak.tif',
      () => Buffer.alloc(5000, 'x'),
      /no little-endian TIFF/,
    ],
    [
      'the file of another metatile',
      'ndvi_peak.tif',
      async () => (await encodeValues('ndvi_peak', valuesOf('ndvi_peak'), OTHER)).tif,
      /lies elsewhere/,
    ],
    [
      'another product under its name',
      'ndvi_peak.tif',
      async () => (await encodeValues('observations', valuesOf('observations'), METATILE)).tif,
      /tag 258 is 8, expected 32/,
    ],
    [
      'values that cannot be',
      'ndvi_peak.tif',
      async () =>
        (
          await encodeValues(
            'ndvi_peak',
            valuesOf('ndvi_peak', (v) => (Number.isNaN(v) ? Infinity : v)),
            METATILE,
          )
        ).tif,
      /holds Infinity/,
    ],
    ['a missing product', 'confidence.tif', () => null, /missing/],
    ['missing names', 'classes.tif.aux.xml', () => null, /missing/],
    ['damaged names', 'classes.tif.aux.xml', (bytes) => flip(bytes, 30), /checksum/],
    ['half an item', 'item.json', (bytes) => bytes.subarray(0, 100), /not the JSON/],
    ['no item at all', 'item.json', () => Buffer.from('{"type": "Feature"}'), /not the JSON/],
    [
      'the item of another metatile',
      'item.json',
      async () => bytesOf(whole, `${metatilePrefix(RECIPE, SEASON, OTHER)}/${SCENES}/item.json`),
      /elsewhere/,
    ],
    [
      'the item of another recipe',
      'item.json',
      (bytes) => replaced(bytes, RECIPE, 'c'.repeat(16)),
      /its recipe is cccc/,
    ],
    [
      'the item of another season',
      'item.json',
      (bytes) => replaced(bytes, '"year":2021', '"year":2020'),
      /its season is summer-2020/,
    ],
    [
      'the item of other scenes',
      'item.json',
      (bytes) => replaced(bytes, SCENES, scenesOf('d')),
      /its list of scenes is dddd/,
    ],
  ];
  for (const [what, file, damage, says] of damages) {
    test(`${what} is found, told once, and taken out`, async () => {
      const store = await fresh(single);
      const bytes = await damage(await bytesOf(store, FOLDER + file), store);
      if (bytes === null) await store.delete(BUCKET, FOLDER + file);
      else await store.put(BUCKET, FOLDER + file, bytes);
      const { broken } = await verifyStore(store);
      assert.ok(
        broken.some(({ key, what: told }) => key === FOLDER + file && says.test(told)),
        JSON.stringify(broken),
      );
      assert.ok(broken.every(({ key, repaired }) => key.startsWith(FOLDER) && !repaired));

      const repaired = await verifyStore(store, { repair: true });
      assert.ok(repaired.broken.length > 0 && repaired.broken.every((one) => one.repaired));
      assert.deepEqual(await keysOf(store, FOLDER), []);
    });
  }

  test('it goes on after what is broken, and takes out only that', async () => {
    for (const broken of [METATILE, OTHER]) {
      const store = await fresh();
      const [good] = [METATILE, OTHER].filter((metatile) => metatile !== broken);
      await store.delete(BUCKET, `${metatilePrefix(RECIPE, SEASON, broken)}/${SCENES}/confidence.tif`);
      assert.equal((await verifyStore(store, { repair: true })).metatiles, 2);
      const archive = new Archive(store);
      assert.equal(await archive.has(RECIPE, SEASON, broken, SCENES), false);
      assert.equal(await archive.has(RECIPE, SEASON, good ?? broken, SCENES), true);
    }
  });

  test('what was taken out can be made anew', async () => {
    const store = await fresh();
    await store.delete(BUCKET, `${FOLDER}classes.tif`);
    await verifyStore(store, { repair: true });
    await archiveReal(store, METATILE);
    assert.deepEqual(await keysOf(store), await keysOf(whole));
    assert.deepEqual((await verifyStore(store)).broken, []);
  });

  test('values out of range are found where no checksum tells', async () => {
    for (const [name, change, says] of [
      ['classes', (v: number) => (v === 2 ? 7 : v), /holds 7/],
      ['confidence', (v: number) => (v === 50 ? 101 : v), /holds 101/],
    ] as const) {
      const store = await fresh();
      const item = JSON.parse(Buffer.from(await bytesOf(store, `${FOLDER}item.json`)).toString()) as {
        assets: Record<string, Record<string, unknown>>;
      };
      for (const asset of Object.values(item.assets)) {
        delete asset['file:checksum'];
        delete asset['file:size'];
      }
      await store.put(BUCKET, `${FOLDER}item.json`, Buffer.from(JSON.stringify(item)));
      assert.deepEqual((await verifyStore(store)).broken, [], 'an item of before checksums');
      await store.put(
        BUCKET,
        `${FOLDER}${name}.tif`,
        (await encodeValues(name, valuesOf(name, change), METATILE)).tif,
      );
      const { broken } = await verifyStore(store);
      assert.match(broken[0]?.what ?? '', says);
      assert.equal(broken.length, 1);
    }
  });

  test('a missing block and a missing overview are found', async () => {
    const store = await fresh();
    const key = `${FOLDER}ndvi_peak.tif`;
    const bytes = Uint8Array.from(await bytesOf(store, key));
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    const entries = view.getUint16(first, true);
    const fieldOf = (tag: number): number =>
      Array.from({ length: entries }, (_, i) => first + 2 + 12 * i).find(
        (at) => view.getUint16(at, true) === tag,
      ) ?? assert.fail(`no tag ${tag}`);
    const nextIfd = view.getUint32(first + 2 + 12 * entries, true);
    // TileOffsets of the first block: no place.
    view.setUint32(view.getUint32(fieldOf(324) + 8, true), 0, true);
    await store.put(BUCKET, key, bytes);
    assert.match((await verifyStore(store)).broken[0]?.what ?? '', /block 0 has no place/);
    const cut = Uint8Array.from(await bytesOf(whole, key));
    const secondEntries = view.getUint16(nextIfd, true);
    new DataView(cut.buffer).setUint32(nextIfd + 2 + 12 * secondEntries, 0, true);
    await store.put(BUCKET, key, cut);
    assert.match((await verifyStore(store)).broken[0]?.what ?? '', /has 1 overviews, expected 2/);
  });

  test('pointers and scene lists that are not what they say', async () => {
    for (const [key, bytes, says] of [
      [POINTER, Buffer.from('{'), /not the JSON/],
      [
        POINTER,
        Buffer.from(JSON.stringify({ scenes: scenesOf('9') })),
        /names 99999999…, which is not there/,
      ],
      [LIST, Buffer.from('[]'), /is not an object|has no/],
      [LIST, replaced(await bytesOf(whole, LIST), '"S2_1"', '"S2_2"'), /digest/],
      [LIST, await bytesOf(whole, `scenes/world/${SEASON}/12/${OTHER.x}/${OTHER.y}.json`), /says that it is/],
      [LIST.replace('.json', '.faults.json'), Buffer.from('{}'), /no list of faults/],
    ] as const) {
      const store = await fresh();
      await store.put(BUCKET, key, bytes);
      const { broken } = await verifyStore(store, { repair: true });
      assert.deepEqual(
        broken.map((one) => one.key),
        [key],
      );
      assert.match(broken[0]?.what ?? '', says);
      assert.equal(await store.get(BUCKET, key), undefined);
      assert.deepEqual((await verifyStore(store)).broken, []);
    }
  });

  test('only what was asked for is read', async () => {
    assert.equal((await verifyStore(whole, { recipe: 'ab' })).metatiles, 0);
    assert.equal((await verifyStore(whole, { season: 'winter-2021' })).files, 0);
    const mine = await verifyStore(whole, { recipe: RECIPE.slice(0, 3), season: SEASON });
    assert.equal(mine.metatiles, 2);
    assert.equal(mine.sceneLists, 0);
    const half = [0.2, 0.7, 0.2, 0.7].values();
    const sampled = await verifyStore(whole, { sample: 0.5, random: () => half.next().value ?? 0 });
    assert.equal(sampled.metatiles, 1);
    assert.equal(sampled.sceneLists, 1);
  });

  test('what a server takes away or makes anew meanwhile is no damage', async () => {
    const store = await fresh();
    const archive = new Archive(store);
    let tampered = false;
    const shaken = new Proxy(store, {
      get: (target, name: keyof MemoryObjectStore) => {
        if (name !== 'get') return (target[name] as () => unknown).bind(target);
        return async (bucket: Bucket, key: string) => {
          if (key === `${FOLDER}confidence.tif` && !tampered) {
            tampered = true;
            await archive.discard(RECIPE, SEASON, METATILE, SCENES);
          }
          return target.get(bucket, key);
        };
      },
    });
    const { broken } = await verifyStore(shaken);
    assert.ok(tampered);
    assert.deepEqual(
      broken.filter(({ key }) => key !== POINTER),
      [],
    );
  });

  test('a file that cannot be read is broken; a store that is gone is told as that', async () => {
    const store = await fresh();
    const refuse = (when: (key: string) => boolean) =>
      new Proxy(store, {
        get: (target, name: keyof MemoryObjectStore) => {
          if (name !== 'get') return (target[name] as () => unknown).bind(target);
          return async (bucket: Bucket, key: string) => {
            if (when(key))
              throw new GeoCropError('store-unavailable', 'input/output error', { context: { key } });
            return target.get(bucket, key);
          };
        },
      });
    const { broken, metatiles } = await verifyStore(refuse((key) => key === `${FOLDER}classes.tif`));
    assert.deepEqual(broken, [
      { key: `${FOLDER}classes.tif`, what: 'it cannot be read: input/output error', repaired: false },
    ]);
    assert.equal(metatiles, 2);
    for (let i = 0; i < 20; i++) {
      const list = (await bytesOf(store, LIST)).slice();
      await store.put(BUCKET, `scenes/world/${SEASON}/12/1/${i}.json`, list);
    }
    await assert.rejects(verifyStore(refuse(() => true)), (error: unknown) =>
      isGeoCropError(error, 'store-unavailable'),
    );
  });

  test('it can be interrupted, and has told what it had found', async () => {
    const stop = new AbortController();
    let told = 0;
    const found = verifyStore(whole, {
      signal: stop.signal,
      onChecked: () => {
        told += 1;
        stop.abort();
      },
    });
    await assert.rejects(found, { name: 'AbortError' });
    assert.ok(told > 0);
  });
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[at] = (out[at] ?? 0) ^ 0x10;
  return out;
}

function replaced(bytes: Uint8Array, old: string, other: string): Uint8Array {
  const text = Buffer.from(bytes).toString();
  assert.ok(text.includes(old), `${old} is not there`);
  return Buffer.from(text.replaceAll(old, other));
}
