import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { halve } from '../engine/encode/overviews.js';
import {
  encodeProduct,
  productKind,
  productReducer,
  type EncodedProduct,
} from '../engine/encode/products.js';
import type { StacItem } from '../engine/encode/stac-item.js';
import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import type { Raster } from '../engine/raster.js';
import { Archive } from './archive.js';
import { productKey, metatilePrefix } from './archive-keys.js';
import { DiskObjectStore } from './disk-store.js';
import { MemoryObjectStore } from './memory-store.js';
import type { Bucket, ObjectStore, PutOptions } from './object-store.js';

const RECIPE = '0123456789abcdef';
const SEASON = 'summer-2021';
const METATILE = { x: 2389, y: 2271 };
const SCENES = 'feedc0de';
const BUCKET: Bucket = 'geocrop-results';
const WINDOW = { zoom: 14, px0: METATILE.x * 1024, py0: METATILE.y * 1024 };

/** Only what the archive looks at. */
const ITEM: StacItem = {
  type: 'Feature',
  stac_version: '1.0.0',
  stac_extensions: [],
  id: 'x',
  geometry: { type: 'Polygon', coordinates: [] },
  bbox: [0, 0, 1, 1],
  properties: {},
  links: [],
  assets: {},
};

function values(name: string): Raster {
  const size = 1024;
  const pixels = size * size;
  const field = (i: number): number => Math.floor((i % size) / 37) * 7 + Math.floor(i / size / 29) * 13;
  const shape = { width: size, height: size };
  if (productKind(name) === 'feature') {
    const data = Float32Array.from({ length: pixels }, (_, i) =>
      i % 97 === 0 ? NaN : Math.sin(field(i)) + (i % 5),
    );
    return { ...shape, bands: 1, nodata: NaN, data };
  }
  if (name === 'truecolor') {
    const mask = Uint8Array.from({ length: pixels }, (_, i) => (field(i) % 5 === 0 ? 0 : 255));
    const data = Uint8Array.from({ length: 3 * pixels }, (_, i) => (field(i % pixels) + i) % 256);
    return { ...shape, bands: 3, nodata: null, data, mask };
  }
  const bands = name === 'probabilities' ? 3 : 1;
  const data = Uint8Array.from({ length: bands * pixels }, (_, i) => {
    const value = field(i) % 11;
    return value === 10 && name !== 'observations' ? 255 : value;
  });
  return { ...shape, bands, nodata: name === 'observations' ? null : 255, data };
}

const NAMES = ['classes', 'confidence', 'observations', 'truecolor', 'probabilities'];
const rasters = new Map([...NAMES, 'ndvi_peak'].map((name) => [name, values(name)]));
const encoded = new Map<string, EncodedProduct>();
for (const [name, raster] of rasters) {
  encoded.set(
    name,
    await encodeProduct(name, raster, {
      window: WINDOW,
      classes: ['a', 'b'],
      palette: ['#ff0000', '#00ff00'],
    }),
  );
}
const products = new Map([...encoded].filter(([name]) => NAMES.includes(name)));

/** Counts ranges and lets a test stand between the archive and its objects. */
class WatchedStore extends MemoryObjectStore {
  ranges = 0;
  gets = 0;
  failPut: ((key: string) => Error | undefined) | undefined;
  readonly putOrder: string[] = [];

  override getRange(
    ...args: Parameters<MemoryObjectStore['getRange']>
  ): ReturnType<MemoryObjectStore['getRange']> {
    this.ranges += 1;
    return super.getRange(...args);
  }
  override get(...args: Parameters<MemoryObjectStore['get']>): ReturnType<MemoryObjectStore['get']> {
    this.gets += 1;
    return super.get(...args);
  }
  override async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options?: PutOptions,
  ): Promise<'written' | 'exists'> {
    const error = this.failPut?.(key);
    if (error !== undefined) throw error;
    this.putOrder.push(key.slice(key.lastIndexOf('/') + 1));
    return super.put(bucket, key, bytes, options);
  }
}

const write = (archive: Archive, scenes = SCENES, lookedUpAt?: string): Promise<'written' | 'exists'> =>
  archive.writeMetatile(RECIPE, SEASON, METATILE, scenes, {
    products,
    item: ITEM,
    ...(lookedUpAt === undefined ? {} : { lookedUpAt }),
  });
const readTile = (
  archive: Archive,
  product: string,
  z: number,
  dx: number,
  dy: number,
): Promise<Raster | undefined> => {
  const side = 2 ** (z - 12);
  const tile = { z, x: METATILE.x * side + dx, y: METATILE.y * side + dy };
  return archive.readTile(RECIPE, SEASON, METATILE, SCENES, product, tile);
};

/** The 256 × 256 at column dx, row dy of a raster, one pixel after the other. */
function crop(raster: Raster, dx: number, dy: number): Raster {
  const pick = <T extends Uint8Array | Uint16Array | Float32Array>(from: T, bands: number): T => {
    const out = new (from.constructor as new (length: number) => T)(bands * 65536);
    for (let i = 0; i < out.length; i++) {
      const band = Math.floor(i / 65536);
      const y = dy * 256 + Math.floor((i % 65536) / 256);
      out[i] = from[band * raster.width * raster.height + y * raster.width + dx * 256 + (i % 256)] as number;
    }
    return out;
  };
  const { bands, nodata } = raster;
  const shape = { bands, width: 256, height: 256, nodata, data: pick(raster.data, bands) };
  return raster.mask === undefined ? shape : { ...shape, mask: pick(raster.mask, 1) };
}

function assertSame(got: Raster | undefined, expected: Raster, what: string): void {
  assert.ok(got, `${what}: nothing there`);
  const { data, mask, ...shape } = got;
  const { data: wanted, mask: wantedMask, ...wantedShape } = expected;
  assert.deepEqual(shape, wantedShape, what);
  const same = (a: Uint8Array | Uint16Array | Float32Array, b: typeof a): boolean =>
    a.constructor === b.constructor &&
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    );
  assert.ok(same(data, wanted), `${what}: values differ`);
  assert.equal(mask === undefined, wantedMask === undefined, what);
  if (mask && wantedMask) assert.ok(same(mask, wantedMask), `${what}: mask differs`);
}

for (const kind of ['memory', 'disk'] as const) {
  test(`archive, ${kind}: every tile of every product at z14, z13 and z12 is what was written`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'geocrop-archive-'));
    try {
      const store: ObjectStore = kind === 'disk' ? await DiskObjectStore.open(root) : new MemoryObjectStore();
      await write(new Archive(store));
      const archive = new Archive(store);
      await archive.writeProduct(
        RECIPE,
        SEASON,
        METATILE,
        SCENES,
        'ndvi_peak',
        encoded.get('ndvi_peak') as EncodedProduct,
      );
      for (const [name, raster] of rasters) {
        let level = raster;
        for (const z of [14, 13, 12]) {
          const side = 2 ** (z - 12);
          for (let i = 0; i < side * side; i++) {
            const [dx, dy] = [i % side, Math.floor(i / side)];
            assertSame(
              await readTile(archive, name, z, dx, dy),
              crop(level, dx, dy),
              `${name} z${z} ${dx},${dy}`,
            );
          }
          level = halve(level, productReducer(productKind(name)));
        }
        assertSame(await archive.readProduct(RECIPE, SEASON, METATILE, SCENES, name), raster, name);
      }
      const names = await archive.products(RECIPE, SEASON, METATILE, SCENES);
      assert.deepEqual(names.sort(), [...rasters.keys()].sort());
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}

test('archive: one range for the header, then one a tile, its mask included', async () => {
  const store = new WatchedStore();
  const archive = new Archive(store);
  await write(archive);
  for (const name of NAMES) {
    store.ranges = 0;
    await readTile(archive, name, 14, 1, 2);
    assert.equal(store.ranges, 2, name);
    await readTile(archive, name, 14, 3, 3);
    await readTile(archive, name, 12, 0, 0);
    assert.equal(store.ranges, 4, name);
  }
  assert.equal(store.gets, 1, 'current.json once, when it was written');
});

test('archive: nothing there, and nothing that only seems to be there', async () => {
  const store = new WatchedStore();
  const archive = new Archive(store);
  assert.equal(await archive.current(RECIPE, SEASON, METATILE), undefined);
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, SCENES), false);
  assert.equal(await readTile(archive, 'classes', 14, 0, 0), undefined);
  // A writer that stopped before item.json.
  store.failPut = (key) =>
    key.endsWith('item.json') ? new GeoCropError('store-full', 'no room') : undefined;
  await assert.rejects(write(archive), (error: unknown) => isGeoCropError(error, 'store-full'));
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, SCENES), false);
  assert.equal(
    await readTile(archive, 'classes', 14, 0, 0),
    undefined,
    'products without an item are not read',
  );
  assert.equal(await archive.readProduct(RECIPE, SEASON, METATILE, SCENES, 'classes'), undefined);
  assert.equal(await archive.current(RECIPE, SEASON, METATILE), undefined);
  store.failPut = undefined;
  assert.equal(await write(archive), 'written');
  assert.ok(await readTile(archive, 'classes', 14, 0, 0));
  assert.equal(await readTile(archive, 'ndvi_peak', 14, 0, 0), undefined, 'a feature that nobody asked for');
});

test('archive: products, then the item, then current.json', async () => {
  const store = new WatchedStore();
  await write(new Archive(store));
  assert.deepEqual(store.putOrder.slice(-2), ['item.json', 'current.json']);
  assert.deepEqual(
    store.putOrder.slice(0, -2).sort(),
    [...NAMES.map((name) => `${name}.tif`), 'classes.tif.aux.xml'].sort(),
  );
});

test('archive: any write may fail, and the next attempt finishes', async () => {
  for (const part of ['classes.tif', 'truecolor.tif', 'classes.tif.aux.xml', 'item.json', 'current.json']) {
    const store = new WatchedStore();
    const archive = new Archive(store);
    store.failPut = (key) => (key.endsWith(part) ? new GeoCropError('store-unavailable', part) : undefined);
    await assert.rejects(
      write(archive),
      (error: unknown) => isGeoCropError(error, 'store-unavailable'),
      part,
    );
    store.failPut = undefined;
    assert.equal(await write(archive), part === 'current.json' ? 'exists' : 'written', part);
    assert.equal((await archive.current(RECIPE, SEASON, METATILE))?.scenes, SCENES, part);
  }
});

test('archive: of two writers one wins, and both have succeeded', async () => {
  const store = new MemoryObjectStore();
  const answers = await Promise.all([
    write(new Archive(store)),
    write(new Archive(store)),
    write(new Archive(store)),
  ]);
  assert.deepEqual(answers.sort(), ['exists', 'exists', 'written']);
  assert.ok(await readTile(new Archive(store), 'classes', 13, 1, 1));
});

test('archive: current.json names the scenes that were looked up last', async () => {
  const store = new MemoryObjectStore();
  const archive = new Archive(store);
  const current = async (): Promise<string | undefined> =>
    (await archive.current(RECIPE, SEASON, METATILE))?.scenes;
  await write(archive, 'old', '2022-01-01T00:00:00Z');
  await write(archive, 'new', '2022-02-01T00:00:00Z');
  assert.equal(await current(), 'new');
  await write(archive, 'late', '2022-01-15T00:00:00Z');
  assert.equal(await current(), 'new', 'a slow writer does not bring back older scenes');
  await archive.markCurrent(RECIPE, SEASON, METATILE, 'old', '2022-03-01T00:00:00Z');
  assert.equal(await current(), 'old', 'scenes that came back');
});

test('archive: the kept header of a file that was made anew is not used', async () => {
  const store = new MemoryObjectStore();
  const archive = new Archive(store);
  await write(archive);
  assert.ok(await readTile(archive, 'classes', 14, 0, 0));
  const other: Raster = { ...(rasters.get('classes') as Raster), data: new Uint8Array(1024 * 1024).fill(3) };
  other.data[5] = 1;
  const key = productKey(metatilePrefix(RECIPE, SEASON, METATILE), SCENES, 'classes');
  await store.put(BUCKET, key, (await encodeProduct('classes', other, { window: WINDOW })).tif);
  assertSame(await readTile(archive, 'classes', 14, 2, 1), crop(other, 2, 1), 'new file');
  await store.delete(BUCKET, key);
  assert.equal(await readTile(archive, 'classes', 14, 2, 1), undefined);
});

test('archive: an unknown item or pointer is removed and made again', async () => {
  const store = new MemoryObjectStore();
  const damage: GeoCropError[] = [];
  const archive = new Archive(store, { onDamage: (error) => damage.push(error) });
  const prefix = metatilePrefix(RECIPE, SEASON, METATILE);
  for (const [key, text] of [
    [`${prefix}/current.json`, '{"scenes": "../../x"}'],
    [`${prefix}/current.json`, ''],
    [`${prefix}/${SCENES}/item.json`, '{"type": "Fea'],
    [`${prefix}/${SCENES}/item.json`, 'null'],
  ] as const) {
    await write(archive);
    await store.put(BUCKET, key, Buffer.from(text));
    damage.length = 0;
    assert.equal(await archive.current(RECIPE, SEASON, METATILE), undefined);
    assert.deepEqual(
      damage.map((error) => error.code),
      ['store-corrupt'],
    );
    await write(archive);
    assert.equal((await archive.current(RECIPE, SEASON, METATILE))?.scenes, SCENES);
  }
});

test('archive: no damaged file ever gives other pixels, and all are made anew', async () => {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const prefix = metatilePrefix(RECIPE, SEASON, METATILE);
  const store = new MemoryObjectStore();
  await write(new Archive(store));
  await new Archive(store).writeProduct(
    RECIPE,
    SEASON,
    METATILE,
    SCENES,
    'ndvi_peak',
    encoded.get('ndvi_peak') as EncodedProduct,
  );
  let found = 0;
  for (const [name, raster] of rasters) {
    const good = (encoded.get(name) as EncodedProduct).tif;
    const half = halve(raster, productReducer(productKind(name)));
    for (let round = 0; round < 60; round++) {
      const bad = Uint8Array.from(round % 6 === 0 ? good.subarray(0, random(good.length)) : good);
      // Half of the damage into the header, where a bit means most.
      const at = random(round % 2 === 0 ? good.length : 3000);
      if (bad.length > at) bad[at] = (bad[at] as number) ^ (1 << random(8));
      await store.put(BUCKET, productKey(prefix, SCENES, name), bad);
      await store.put(BUCKET, `${prefix}/${SCENES}/item.json`, Buffer.from(JSON.stringify(ITEM)));
      const damage: GeoCropError[] = [];
      const archive = new Archive(store, { onDamage: (error) => damage.push(error) });
      for (const [z, level] of [
        [14, raster],
        [13, half],
      ] as const) {
        const got = await readTile(archive, name, z, 1, 0);
        if (got !== undefined) assertSame(got, crop(level, 1, 0), `${name} round ${round} z${z} byte ${at}`);
      }
      if (damage.length === 0) continue;
      found += 1;
      assert.deepEqual([...new Set(damage.map((error) => error.code))], ['store-corrupt']);
      assert.equal(await archive.has(RECIPE, SEASON, METATILE, SCENES), false, 'to be computed again');
      await archive.writeMetatile(RECIPE, SEASON, METATILE, SCENES, {
        products: new Map([[name, encoded.get(name) as EncodedProduct]]),
        item: ITEM,
      });
      assertSame(await readTile(archive, name, 14, 1, 0), crop(raster, 1, 0), `${name} round ${round} again`);
    }
  }
  assert.ok(found > 30, `only ${found} damages were met`);
});

test('archive: a tile of another metatile or zoom is a mistake of the caller', async () => {
  const archive = new Archive(new MemoryObjectStore());
  for (const tile of [
    { z: 14, x: 0, y: 0 },
    { z: 15, x: METATILE.x * 8, y: METATILE.y * 8 },
    { z: 11, x: METATILE.x >> 1, y: METATILE.y >> 1 },
  ]) {
    await assert.rejects(archive.readTile(RECIPE, SEASON, METATILE, SCENES, 'classes', tile), RangeError);
  }
});

test('archive: what is discarded is gone whole, and only that', async () => {
  const store = new MemoryObjectStore();
  const archive = new Archive(store);
  await write(archive, 'one');
  await write(archive, 'two');
  await archive.discard(RECIPE, SEASON, METATILE, 'one');
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, 'one'), false);
  assert.equal(await archive.has(RECIPE, SEASON, METATILE, 'two'), true);
  const left: string[] = [];
  for await (const key of store.list(BUCKET, `${metatilePrefix(RECIPE, SEASON, METATILE)}/one/`))
    left.push(key);
  assert.deepEqual(left, []);
});
