import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classShares } from './class-share.js';
import { NO_CLASS } from './picture.js';
import { tileBounds } from './tile-math.js';

const TILE = { z: 14, x: 9556, y: 9016 };
/** Left half class 1, right half class 2. */
const IDS = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 2));

test('the share is of what is in view', () => {
  const [west, south, east, north] = tileBounds(TILE);
  const all = classShares([{ tile: TILE, ids: IDS, width: 4 }], [west, south, east, north]);
  assert.ok(Math.abs((all.get(1) ?? 0) - 0.5) < 1e-12);
  const left = classShares([{ tile: TILE, ids: IDS, width: 4 }], [west, south, (west + east) / 2, north]);
  assert.deepEqual([...left], [[1, 1]]);
});

test('pixels without a class do not count; a view without pixels has no shares', () => {
  const ids = IDS.map((id) => (id === 2 ? NO_CLASS : id));
  const bounds = tileBounds(TILE);
  assert.deepEqual([...classShares([{ tile: TILE, ids, width: 4 }], bounds)], [[1, 1]]);
  assert.equal(classShares([], bounds).size, 0);
  assert.equal(classShares([{ tile: TILE, ids, width: 4 }], [0, 0, 1, 1]).size, 0);
});

test('a zoomed-out tile weighs as much as the ground that it covers', () => {
  const parent = { z: 13, x: TILE.x >> 1, y: TILE.y >> 1 };
  const other = { ...TILE, x: TILE.x + 2 };
  const shares = classShares(
    [
      { tile: parent, ids: new Uint8Array(16).fill(1), width: 4 },
      { tile: other, ids: new Uint8Array(16).fill(2), width: 4 },
    ],
    [-180, -85, 180, 85],
  );
  assert.ok(Math.abs((shares.get(1) ?? 0) - 0.8) < 1e-3);
});
