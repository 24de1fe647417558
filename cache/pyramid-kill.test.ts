import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TileId } from '../engine/geo/tile-matrix.js';
import { DiskObjectStore } from './disk-store.js';
import { ancestor } from './pyramid-keys.js';
import { CLASSES_ONLY, CORNER, NAME, PlainPyramid, plainOf, Site } from './pyramid-testing.js';

const LOOKED_UP = '2022-06-02T00:00:00Z';
const FIRST = CORNER;
const SECOND: TileId = { ...CORNER, x: CORNER.x + 1 };
const THIRD: TileId = { ...CORNER, x: CORNER.x - 1 };

/** Tiles of every zoom above the three, each as one of the oracles has it; not there where that one has nothing. */
async function assertRight(site: Site, oracles: readonly PlainPyramid[]): Promise<void> {
  for (const leaf of [FIRST, THIRD]) {
    for (let z = 11; z >= 0; z--) {
      const tile = ancestor(leaf, z);
      const raster = await site.tile(tile, 'classes');
      const got = raster && plainOf(raster);
      const right = oracles.some((oracle) => {
        const expected = oracle.tile(tile);
        return got === null
          ? expected === null
          : expected !== null && got.every((value, i) => value === expected[i]);
      });
      assert.ok(right, `${z}/${tile.x}/${tile.y}`);
    }
  }
}

test('pyramid: a refresh killed before any of its steps shows what was or what is, and the next one finishes it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'geocrop-kill-'));
  const scenes = (...pairs: [TileId, string][]): PlainPyramid =>
    new PlainPyramid('classes', new Map(pairs.map(([{ x, y }, name]) => [`${x}/${y}`, name])));
  const before = scenes([FIRST, 'a']);
  const after = scenes([FIRST, 'b'], [SECOND, 'a'], [THIRD, 'c']);
  const between = [before, scenes([FIRST, 'b'], [SECOND, 'a']), scenes([FIRST, 'a'], [THIRD, 'c']), after];
  try {
    const start = join(root, 'start');
    const first = new Site(await DiskObjectStore.open(start), undefined, CLASSES_ONLY);
    await first.write(FIRST, 'a', LOOKED_UP);
    await first.useMarks();
    await first.write(FIRST, 'b', '2022-07-01T00:00:00Z');
    await first.write(SECOND, 'a', LOOKED_UP);
    await first.write(THIRD, 'c', LOOKED_UP);

    const script = fileURLToPath(new URL('pyramid-child.js', import.meta.url));
    let steps = 0;
    for (let kill = 0; ; kill++) {
      const folder = join(root, String(kill));
      await cp(start, folder, { recursive: true });
      const child = spawnSync(process.execPath, [script, folder, String(kill)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const finished = child.stdout.toString() === 'done\n';
      assert.ok(finished || child.signal === 'SIGKILL');
      const site = new Site(await DiskObjectStore.open(folder), undefined, CLASSES_ONLY);
      await assertRight(site, between);
      if (!finished) assert.ok((await site.marked()).length > 0, 'its marks are there');
      await site.useMarks();
      assert.deepEqual(await site.marked(), []);
      await assertRight(site, [after]);
      assert.deepEqual([site.damage, site.broken], [[], []]);
      for await (const key of site.store.list('geocrop-results', '')) assert.doesNotMatch(key, /incoming/);
      await rm(folder, { recursive: true });
      if (finished) break;
      steps += 1;
    }
    // Five nodes of a file, its names and a document, and three marks.
    assert.ok(steps >= 5 * 3 + 3, `${steps} steps`);
    assert.ok((await first.nodes.newest(NAME, ancestor(FIRST, 0))).version > 0);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
