import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asFile, gdalPixels, gdalView, withoutGdal } from '../engine/encode/gdal-oracle.js';
import { tileBoundsMercator, type TileId } from '../engine/geo/tile-matrix.js';
import { MemoryObjectStore } from './memory-store.js';
import { cellPlace } from './pyramid-documents.js';
import { ancestor, nodeOf, nodePrefix, nodeProductKey } from './pyramid-keys.js';
import { CORNER, MAP, NAME, PlainPyramid, plainOf, Site, WatchedStore } from './pyramid-testing.js';

const BUCKET = 'geocrop-results';
const LOOKED_UP = '2022-06-02T00:00:00Z';
const at = (dx: number, dy: number): TileId => ({ z: 12, x: CORNER.x + dx, y: CORNER.y + dy });

/** Around the corner where four z4 cells meet: nodes of every zoom on both sides of a border, whole and half quads. */
const METATILES: readonly (readonly [TileId, string])[] = [
  [at(0, 0), 'a'],
  [at(1, 0), 'b'],
  [at(2, 1), 'a'],
  [at(-1, 0), 'c'],
  [at(-1, -1), 'a'],
  [at(-2, -1), 'd'],
  [at(17, 3), 'e'],
];
const scenesOf = (metatiles: typeof METATILES): Map<string, string> =>
  new Map(metatiles.map(([{ x, y }, scenes]) => [`${x}/${y}`, scenes]));

/** Every tile of zoom 0 to 11 that has a metatile below. */
function tilesAbove(metatiles: typeof METATILES): TileId[] {
  const tiles = new Map<string, TileId>();
  for (let z = 11; z >= 0; z--) {
    for (const [metatile] of metatiles) {
      const tile = ancestor(metatile, z);
      tiles.set(`${z}/${tile.x}/${tile.y}`, tile);
    }
  }
  return [...tiles.values()];
}

async function assertShows(site: Site, metatiles: typeof METATILES): Promise<void> {
  for (const product of site.map.made.products) {
    const oracle = new PlainPyramid(product, scenesOf(metatiles));
    for (const tile of tilesAbove(metatiles)) {
      const raster = await site.tile(tile, product);
      const name = `${product} ${tile.z}/${tile.x}/${tile.y}`;
      assert.ok(raster !== null, name);
      const [got, expected] = [plainOf(raster), oracle.tile(tile) ?? []];
      assert.equal(got.length, expected.length, name);
      const wrong = got.findIndex((pixel, i) => pixel !== expected[i]);
      assert.equal(
        wrong,
        -1,
        `${name}: pixel ${wrong} is ${String(got[wrong])}, not ${String(expected[wrong])}`,
      );
    }
  }
}

describe('the pyramid', () => {
  let filled: MemoryObjectStore;
  let site: Site;
  before(async () => {
    filled = new MemoryObjectStore();
    site = new Site(filled);
    for (const [metatile, scenes] of METATILES) await site.write(metatile, scenes, LOOKED_UP);
    await site.useMarks();
  });

  test('every tile of zoom 11 to 0 is the plain 2 × 2 reduction of what is archived, across the borders of nodes', () =>
    assertShows(site, METATILES));

  test('one at a time gives what all at once gave, and makes only the blocks above', async () => {
    const slow = new Site(new MemoryObjectStore());
    for (const [metatile, scenes] of METATILES) {
      await slow.write(metatile, scenes, LOOKED_UP);
      slow.reduced = 0;
      await slow.useMarks();
      // Twelve zooms, three products.
      assert.equal(slow.reduced, 36);
    }
    await assertShows(slow, METATILES);
    for (const tile of tilesAbove(METATILES)) {
      const [one, other] = [await slow.pyramid.view(NAME, tile), await site.pyramid.view(NAME, tile)];
      assert.equal(one?.digest, other?.digest, 'equal pixels, equal digests');
    }
  });

  test('a metatile made of other scenes replaces its quarter everywhere, and changes the digests above it only', async () => {
    const store = new MemoryObjectStore();
    const own = new Site(store);
    for (const [metatile, scenes] of METATILES) await own.write(metatile, scenes, LOOKED_UP);
    await own.useMarks();
    const digests = async (): Promise<Map<string, string | undefined>> => {
      const out = new Map<string, string | undefined>();
      for (const tile of tilesAbove(METATILES)) {
        out.set(`${tile.z}/${tile.x}/${tile.y}`, (await own.pyramid.view(NAME, tile))?.digest);
      }
      return out;
    };
    const before = await digests();
    const [first] = METATILES[0] as (typeof METATILES)[number];
    await own.write(first, 'z', '2022-07-01T00:00:00Z');
    await own.useMarks();
    await assertShows(own, [[first, 'z'], ...METATILES.slice(1)]);
    const after = await digests();
    for (const [name, digest] of after) {
      const [z = 0, x, y] = name.split('/').map(Number);
      const above = ancestor(first, z);
      assert.equal(digest !== before.get(name), above.x === x && above.y === y, name);
    }
    await own.useMarks();
    assert.deepEqual(await digests(), after, 'nothing new, nothing written');
  });

  test('a zoomed-out tile never shows a class that is not below it', async () => {
    for (const tile of tilesAbove(METATILES).filter(({ z }) => z < 11)) {
      const ids = new Set((await site.tile(tile, 'classes'))?.data);
      const belowIds = new Set<number>([255]);
      for (let quarter = 0; quarter < 4; quarter++) {
        const child = { z: tile.z + 1, x: 2 * tile.x + (quarter & 1), y: 2 * tile.y + (quarter >> 1) };
        for (const id of (await site.tile(child, 'classes'))?.data ?? []) belowIds.add(id);
      }
      for (const id of ids) assert.ok(belowIds.has(id), `class ${id} at ${tile.z}/${tile.x}/${tile.y}`);
    }
  });

  test('a tile is one range once the header is kept, however many metatiles are below', async () => {
    const watched = new WatchedStore(filled);
    const reader = new Site(watched);
    const z6 = ancestor(at(0, 0), 6);
    await reader.tile(ancestor(at(17, 3), 5), 'classes');
    const view = await reader.pyramid.view(NAME, z6);
    watched.calls.length = 0;
    assert.ok(view !== undefined && (await reader.pyramid.readTile(view, 'classes')) !== undefined);
    assert.deepEqual(
      watched.calls.map(({ method }) => method),
      ['getRange'],
    );
  });

  test('where nothing is archived nothing is there, and a node without its part says so', async () => {
    assert.equal(await site.pyramid.view(NAME, ancestor(at(700, 700), 11)), undefined);
    assert.equal(await site.pyramid.view(NAME, ancestor(at(9, 9), 11)), undefined);
    const z8 = await site.pyramid.view(NAME, ancestor(at(0, 0), 8));
    assert.deepEqual(
      z8?.metatiles.map(({ x, y }) => [x - CORNER.x, y - CORNER.y]),
      [
        [0, 0],
        [1, 0],
        [2, 1],
      ],
    );
    assert.equal((await site.pyramid.view(NAME, ancestor(at(0, 0), 7)))?.cells.length, 2);
  });

  for (const product of MAP.made.products) {
    test(
      `${product}: GDAL takes each node for a valid COG and reads our pixels`,
      { skip: withoutGdal },
      async () => {
        for (const zoom of [8, 4, 0]) {
          const node = nodeOf(ancestor(at(0, 0), zoom));
          const { document } = await site.nodes.newest(NAME, node);
          const key = nodeProductKey(nodePrefix(NAME, node), document?.folder ?? '', product);
          const bytes = (await filled.get(BUCKET, key)) as Uint8Array;
          await asFile(bytes, async (file) => {
            const view = gdalView(file);
            assert.deepEqual([...view.errors, ...view.warnings], []);
            assert.equal(view.epsg, '3857');
            const [west, , , north] = tileBoundsMercator(node);
            assert.ok(Math.abs((view.transform[0] ?? 0) - west) < 1e-6);
            assert.ok(Math.abs((view.transform[3] ?? 0) - north) < 1e-6);
            assert.deepEqual(view.bands[0]?.overviews, [
              [1024, 1024],
              [512, 512],
              [256, 256],
            ]);
            const own = await site.tile(node, product);
            assert.ok(own !== null);
            assert.deepEqual(new Uint8Array(gdalPixels(file, 3)), own.data);
            if (own.mask !== undefined)
              assert.deepEqual(new Uint8Array(gdalPixels(file, 3, 'mask')), own.mask);
          });
        }
      },
    );
  }

  test('a metatile without scenes is known, and is no pixel', async () => {
    const own = new Site(new MemoryObjectStore());
    await own.write(at(0, 0), 'a', LOOKED_UP);
    await own.marks.put(NAME, at(1, 0), { empty: true, scenes: 'none', lookedUpAt: LOOKED_UP });
    await own.useMarks();
    const view = await own.pyramid.view(NAME, ancestor(at(0, 0), 11));
    assert.deepEqual(
      view?.metatiles.map(({ empty }) => empty),
      [false, true],
    );
    assert.deepEqual(await own.marked(), []);
    await assertShows(own, [[at(0, 0), 'a']]);
    // Scenes came after all, and went again.
    await own.write(at(1, 0), 'b', '2022-07-01T00:00:00Z');
    await own.useMarks();
    await assertShows(own, [
      [at(0, 0), 'a'],
      [at(1, 0), 'b'],
    ]);
    await own.marks.put(NAME, at(1, 0), { empty: true, scenes: 'none', lookedUpAt: '2022-08-01T00:00:00Z' });
    await own.useMarks();
    await assertShows(own, [[at(0, 0), 'a']]);
  });

  test('an archive that was filled before is checked whole; what is dropped from it later stays to be seen', async () => {
    const own = new Site(new MemoryObjectStore());
    for (const [metatile, scenes] of METATILES) await own.write(metatile, scenes, LOOKED_UP);
    for (const mark of await own.marked()) await own.marks.remove(mark);
    await own.refresh.check(MAP, []);
    await assertShows(own, METATILES);
    own.reduced = 0;
    await own.refresh.check(MAP, []);
    assert.equal(own.reduced, 0);
    for (const [{ x, y }, scenes] of METATILES)
      await own.archive.discard(NAME.recipe, NAME.season, { x, y }, scenes);
    await own.refresh.check(MAP, []);
    await assertShows(own, METATILES);
  });

  test('superseded versions stay for a minute, then go; the newest never', async () => {
    let now = Date.now();
    const store = new MemoryObjectStore(() => new Date(now));
    const own = new Site(store, () => new Date(now));
    const node = cellPlace(at(0, 0));
    const keys = async (): Promise<string[]> => {
      const out: string[] = [];
      for await (const key of store.list(BUCKET, nodePrefix(NAME, node))) out.push(key);
      return out;
    };
    await own.write(at(0, 0), 'a', LOOKED_UP);
    await own.useMarks();
    const first = await keys();
    now += 50_000;
    await own.write(at(1, 0), 'b', LOOKED_UP);
    await own.useMarks();
    assert.equal((await keys()).length, 2 * first.length);
    now += 50_000;
    await own.write(at(2, 0), 'c', LOOKED_UP);
    await own.useMarks();
    assert.equal((await keys()).length, 3 * first.length, 'a reader may hold the first still');
    now += 20_000;
    await own.refresh.sweep(NAME, node);
    assert.equal((await keys()).length, 2 * first.length);
    assert.ok((await keys()).every((key) => !first.includes(key)));
    now += 3_600_000;
    await own.refresh.sweep(NAME, node);
    assert.equal((await keys()).length, first.length);
    await assertShows(own, [
      [at(0, 0), 'a'],
      [at(1, 0), 'b'],
      [at(2, 0), 'c'],
    ]);
  });
});
