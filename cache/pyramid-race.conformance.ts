import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TileId } from '../engine/geo/tile-matrix.js';
import type { ObjectStore } from './object-store.js';
import { ancestor, nodePrefix } from './pyramid-keys.js';
import { CLASSES_ONLY, CORNER, NAME, PlainPyramid, plainOf, Site, WatchedStore } from './pyramid-testing.js';

const LOOKED_UP = '2022-06-02T00:00:00Z';
const at = (dx: number, dy: number): TileId => ({ z: 12, x: CORNER.x + dx, y: CORNER.y + dy });

async function assertShows(site: Site, metatiles: ReadonlyMap<string, string>): Promise<void> {
  const oracle = new PlainPyramid('classes', metatiles);
  for (const name of metatiles.keys()) {
    const [x = 0, y = 0] = name.split('/').map(Number);
    for (let z = 11; z >= 0; z--) {
      const tile = ancestor({ z: 12, x, y }, z);
      const raster = await site.tile(tile, 'classes');
      assert.ok(raster !== null, `${z}/${tile.x}/${tile.y}`);
      assert.deepEqual(plainOf(raster), oracle.tile(tile), `${z}/${tile.x}/${tile.y}`);
    }
  }
}

/** Writers in several processes over one store lose no update. @param open gives the same, empty store to each who asks */
export function pyramidRaces(name: string, fresh: () => Promise<() => Promise<ObjectStore>>): void {
  const site = (store: ObjectStore): Site => new Site(store, undefined, CLASSES_ONLY);

  test(`${name}: many writers at once, each with its own metatile of the same nodes: all are in at the end`, async () => {
    const open = await fresh();
    const places = [at(0, 0), at(1, 0), at(0, 1), at(3, 3), at(-1, 0), at(15, 15)];
    const sites = await Promise.all(places.map(async () => site(await open())));
    await Promise.all(
      sites.map(async (own, i) => {
        const place = places[i] as TileId;
        await own.write(place, 'a', LOOKED_UP);
        const mine = (await own.marked()).filter(
          (mark) => mark.place.x === place.x && mark.place.y === place.y,
        );
        assert.equal(mine.length, 1);
        await own.refresh.useMarks(CLASSES_ONLY, mine);
      }),
    );
    const reader = site(await open());
    assert.deepEqual(await reader.marked(), []);
    await assertShows(reader, new Map(places.map(({ x, y }) => [`${x}/${y}`, 'a'])));
    assert.deepEqual([reader.damage, reader.broken], [[], []]);
  });

  test(`${name}: all use all marks at once: nothing is lost, whoever is first`, async () => {
    const open = await fresh();
    const sites = await Promise.all([1, 2, 3].map(async () => site(await open())));
    const [first] = sites as [Site];
    await first.write(at(0, 0), 'a', LOOKED_UP);
    await first.write(at(1, 1), 'b', LOOKED_UP);
    await Promise.all(sites.map((own) => own.useMarks()));
    await first.write(at(0, 0), 'c', '2022-07-01T00:00:00Z');
    await Promise.all(sites.map((own) => own.useMarks()));
    await assertShows(
      site(await open()),
      new Map([at(0, 0), at(1, 1)].map(({ x, y }, i) => [`${x}/${y}`, i === 0 ? 'c' : 'b'])),
    );
  });

  test(`${name}: a metatile that changes while it is worked on is seen by the writer, or its mark stays`, async () => {
    const open = await fresh();
    const other = site(await open());
    await other.write(at(0, 0), 'a', LOOKED_UP);
    let changed = false;
    const slow = site(
      new WatchedStore(await open(), async (method, key) => {
        // Between what it has read and what it is about to write.
        if (changed || method !== 'put' || !key.endsWith('.json') || key.includes('/marks/')) return;
        changed = true;
        await other.write(at(0, 0), 'b', '2022-07-01T00:00:00Z');
      }),
    );
    await slow.useMarks();
    assert.ok(changed);
    const reader = site(await open());
    const [mark] = await reader.marked();
    const { document } = await reader.nodes.newest(NAME, ancestor(at(0, 0), 8));
    assert.ok(mark !== undefined || document?.metatiles[0]?.scenes === 'b');
    await reader.useMarks();
    await assertShows(reader, new Map([[`${at(0, 0).x}/${at(0, 0).y}`, 'b']]));
    assert.deepEqual(await reader.marked(), []);
  });

  test(`${name}: a writer that was held up and comes with an old version is told so, and does it again`, async () => {
    const open = await fresh();
    const fast = site(await open());
    await fast.write(at(0, 0), 'a', LOOKED_UP);
    await fast.write(at(1, 0), 'b', LOOKED_UP);
    const marks = await fast.marked();
    const mine = marks.filter(({ place }) => place.x === at(1, 0).x);
    let held = false;
    const slow = site(
      new WatchedStore(await open(), async (method, key) => {
        if (held || method !== 'put' || !/\/8\/.*\/00000001\.json$/.test(key)) return;
        held = true;
        await fast.refresh.useMarks(
          CLASSES_ONLY,
          marks.filter((mark) => !mine.includes(mark)),
        );
      }),
    );
    await slow.refresh.useMarks(CLASSES_ONLY, mine);
    assert.ok(held);
    const reader = site(await open());
    assert.equal((await reader.nodes.newest(NAME, ancestor(at(0, 0), 8))).version, 2);
    await assertShows(
      reader,
      new Map([at(0, 0), at(1, 0)].map(({ x, y }, i) => [`${x}/${y}`, i === 0 ? 'a' : 'b'])),
    );
    // What the loser had written is gone.
    const folders = new Set<string>();
    const prefix = nodePrefix(NAME, ancestor(at(0, 0), 8));
    for await (const key of reader.store.list('geocrop-results', prefix))
      folders.add(/\/(\d{8}-[0-9a-f]+)\//.exec(key)?.[1] ?? '');
    folders.delete('');
    assert.equal(folders.size, 2);
  });
}
