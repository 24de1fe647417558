import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import type { PyramidName } from '../../cache/pyramid-keys.js';
import { PyramidMarks, type Mark } from '../../cache/pyramid-marks.js';
import { GeoCropError } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import { PyramidKeeper } from './pyramid-keeper.js';

const NAME: PyramidName = { recipe: '0123456789abcdef', season: 'summer-2021' };
const OTHER: PyramidName = { ...NAME, recipe: 'fedcba9876543210' };
const at = (x: number): TileId => ({ z: 12, x, y: 0 });

/** A keeper whose refresh notes what it is asked, and removes the marks. */
function world(works = true): {
  keeper: PyramidKeeper;
  marks: PyramidMarks;
  passes: Mark[][];
  shown: TileId[];
  warnings: string[];
  before: { use: () => Promise<void> };
} {
  const marks = new PyramidMarks(new MemoryObjectStore(), () => 1_000_000);
  const passes: Mark[][] = [];
  const shown: TileId[] = [];
  const warnings: string[] = [];
  const before = { use: async () => undefined as void };
  const keeper = new PyramidKeeper({
    refresh: {
      useMarks: async (_map, used) => {
        await before.use();
        passes.push([...used]);
        for (const mark of used) await marks.remove(mark);
      },
      check: async () => undefined,
    },
    marks,
    mapOf: (name) =>
      name.recipe === NAME.recipe ? { name: NAME, made: { products: ['classes'] } } : undefined,
    onShown: (_name, tiles) => void shown.push(...tiles),
    warn: (message) => void warnings.push(message),
    now: () => new Date(1_000_000),
    works,
  });
  return { keeper, marks, passes, shown, warnings, before };
}
const archived = (x: number): Parameters<PyramidKeeper['announce']>[0] => ({
  ...NAME,
  metatile: { x, y: 0 },
  scenes: 's',
});

test('marks are put before a metatile can be seen, and used together once it can', async () => {
  const { keeper, marks, passes, shown } = world();
  const seen = [await keeper.announce(archived(1)), await keeper.announce(archived(2))];
  assert.equal((await marks.list()).length, 2);
  for (const tell of seen) tell();
  await keeper.idle();
  assert.deepEqual([passes.length, shown.length], [1, 2]);
  assert.deepEqual(await marks.list(), []);
  await keeper.idle();
  assert.equal(passes.length, 1);
  await keeper.close();
});

test('marks that others left are used at the start; those of maps that are not here stay', async () => {
  const { keeper, marks, passes } = world();
  await marks.put(NAME, at(1), { scenes: 's' });
  await marks.put(OTHER, at(1), { scenes: 's' });
  await keeper.idle();
  assert.deepEqual(
    passes.map((pass) => pass.map(({ recipe }) => recipe)),
    [[NAME.recipe]],
  );
  assert.deepEqual(
    (await marks.list()).map(({ recipe }) => recipe),
    [OTHER.recipe],
  );
  await keeper.close();
});

test('what comes while a pass runs is in the next one; one runs at a time', async () => {
  const { keeper, passes, before } = world();
  let running = 0;
  let added = false;
  before.use = async () => {
    running += 1;
    assert.equal(running, 1);
    if (!added) (await keeper.announce(archived(2)))();
    added = true;
    running -= 1;
  };
  (await keeper.announce(archived(1)))();
  await Promise.all([keeper.idle(), keeper.idle()]);
  assert.deepEqual(
    passes.map((pass) => pass.map(({ place }) => place.x)),
    [[1], [2]],
  );
  await keeper.close();
});

test('a store that is away is waited for by nobody, and the marks are used when it is back', async () => {
  const { keeper, passes, warnings, before } = world();
  before.use = () => Promise.reject(new GeoCropError('store-unavailable', 'away'));
  (await keeper.announce(archived(1)))();
  await keeper.idle();
  assert.deepEqual([passes.length, warnings.length], [0, 1]);
  before.use = async () => undefined;
  await keeper.idle();
  assert.equal(passes.length, 1);
  await keeper.close();
});

test('closing gives up what runs, and its marks stay; a process that only serves uses none', async () => {
  const { keeper, marks, before, warnings } = world();
  let begun = (): void => undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  let end = (): void => undefined;
  before.use = () => {
    begun();
    return new Promise((_, reject) => (end = () => reject(new GeoCropError('aborted', 'given up'))));
  };
  (await keeper.announce(archived(1)))();
  const idle = keeper.idle();
  await running;
  const closed = keeper.close();
  end();
  await Promise.all([closed, idle]);
  assert.equal((await marks.list()).length, 1);
  assert.deepEqual(warnings, []);

  const serving = world(false);
  (await serving.keeper.announce(archived(1)))();
  serving.keeper.start();
  await serving.keeper.idle();
  assert.equal((await serving.marks.list()).length, 1);
  assert.deepEqual(serving.passes, []);
  await serving.keeper.close();
});
