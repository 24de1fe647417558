import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import { planWalk } from './plan-warming.js';
import { bytesOfMetatiles } from './source-blocks.js';
import { blocksOf, simulate, SIMULATED } from './testing.js';

/** The column of metatiles that 30° E runs through: half of what is walked lies in one UTM zone, half in the other. */
const BORDER = 2389;
const GB = 1e9;

const box = (across: number, down: number): TileId[] =>
  Array.from({ length: across * down }, (_, i) => ({
    z: 12,
    x: BORDER - Math.floor(across / 2) + (i % across),
    y: 2254 + Math.floor(i / across),
  }));
/** Wide in the north and narrow in the south, with a lake. */
const country = (side: number): TileId[] =>
  box(side, side).filter(({ x, y }) => {
    const [column, row] = [x - BORDER + side / 2, y - 2254];
    return column + row < 1.4 * side && Math.hypot(column - side / 3, row - side / 3) > side / 8;
  });
const names = (tiles: readonly TileId[]): string[] => tiles.map(({ x, y }) => `${x}/${y}`).sort();

const AREAS: readonly (readonly [name: string, tiles: readonly TileId[]])[] = [
  ['a square', box(16, 16)],
  ['a wide area', box(40, 8)],
  ['a tall area', box(8, 40)],
  ['a country', country(24)],
];

describe('the order of warming', () => {
  for (const [name, tiles] of AREAS) {
    test(`${name}: each metatile once, however little the cache holds`, () => {
      for (const cacheBytes of [0, 5 * GB, 20 * GB, Infinity]) {
        for (const lanes of [1, 3]) {
          const { order } = planWalk(tiles, { sources: SIMULATED, cacheBytes, lanes });
          assert.deepEqual(names(order), names(tiles));
        }
      }
    });

    test(`${name}: no source block is fetched twice where the cache can hold a strip over all of it`, () => {
      const { wholeBytes } = planWalk(tiles, { sources: SIMULATED, cacheBytes: Infinity });
      const cacheBytes = 2 * wholeBytes;
      for (const lanes of [1, 3]) {
        const walk = planWalk(tiles, { sources: SIMULATED, cacheBytes, lanes });
        assert.equal(walk.strips, 1);
        const { fetched, distinct } = simulate(walk.order, cacheBytes);
        assert.equal(fetched, distinct);
      }
      // Far less than all of it, so it was the order that did it.
      const { distinctBytes } = simulate(tiles, Infinity);
      assert.ok(cacheBytes < 0.7 * distinctBytes, `${cacheBytes} of ${distinctBytes}`);
    });
  }

  test('rows run along the shorter side: a tall area needs no more than a wide one', () => {
    const limits = { sources: SIMULATED, cacheBytes: Infinity };
    assert.equal(planWalk(box(8, 40), limits).needBytes, planWalk(box(40, 8), limits).needBytes);
  });

  test('with a smaller cache only what lies across the borders of strips comes twice', () => {
    const tiles = box(40, 40);
    const cacheBytes = 20 * GB;
    const walk = planWalk(tiles, { sources: SIMULATED, cacheBytes });
    assert.ok(walk.strips > 1 && walk.needBytes <= cacheBytes / 2);
    const { fetchedBytes, distinctBytes } = simulate(walk.order, cacheBytes);
    const twice = fetchedBytes - distinctBytes;
    assert.ok(twice < distinctBytes / 7, `${twice / distinctBytes}`);
    assert.ok(Math.abs(twice - walk.twiceBytes) < 0.2 * twice, `${twice}, and ${walk.twiceBytes} was said`);
    // Rows over the whole width, as tiles are numbered, fetch more than all of it again.
    const naive = simulate(tiles, cacheBytes);
    assert.ok(naive.fetchedBytes > 2 * naive.distinctBytes, `${naive.fetchedBytes / naive.distinctBytes}`);
  });

  test('processes that work at once are so far apart that they need no block of each other', () => {
    const lanes = 4;
    const { order } = planWalk(box(16, 16), { sources: SIMULATED, cacheBytes: Infinity, lanes });
    for (let at = 0; at + lanes <= order.length; at += 1) {
      const needed = order.slice(at, at + lanes).flatMap((tile) => blocksOf(tile).map(({ key }) => key));
      assert.equal(new Set(needed).size, needed.length, `from ${at}`);
    }
  });

  test('nothing to walk is no walk', () => {
    const { order, strips } = planWalk([], { sources: SIMULATED, cacheBytes: GB });
    assert.deepEqual({ order, strips }, { order: [], strips: 0 });
  });
});

describe('bytes of an area', () => {
  for (const [name, tiles] of AREAS) {
    test(`${name}: within a fifth of what the blocks weigh`, () => {
      const { distinctBytes } = simulate(tiles, Infinity);
      const said = bytesOfMetatiles(SIMULATED, tiles);
      assert.ok(Math.abs(said / distinctBytes - 1) < 1 / 5, `${said / distinctBytes}`);
    });
  }

  test('metatiles far from each other share nothing', () => {
    const scattered = box(10, 10).map(({ z, x, y }) => ({ z, x: 5 * x, y: 5 * y }));
    const one = bytesOfMetatiles(SIMULATED, box(1, 1));
    assert.equal(Math.round(bytesOfMetatiles(SIMULATED, scattered) / one), 100);
  });
});
