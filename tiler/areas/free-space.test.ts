import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { checkSpace, freeBytes } from './free-space.js';

test('a disk that is too small is said before the work, with how much', () => {
  assert.throws(
    () => checkSpace('map.tif', 2e9, 1e9),
    (error: unknown) => {
      assert.ok(isGeoCropError(error, 'store-full'));
      assert.match(error.message, /map\.tif needs about 3\.0 GB while it is written, and 1\.0 GB are free/);
      return true;
    },
  );
  checkSpace('map.tif', 1e9, 1.5e9);
  checkSpace('map.tif', 1e18, null);
});

test('the room of a folder that is not there yet is that of the disk it will be on', async () => {
  const free = await freeBytes(join(tmpdir(), 'not', 'there', 'yet', 'map.tif'));
  const { bsize, blocks } = statfsSync(tmpdir());
  assert.ok(free !== null && free > 0 && free <= bsize * blocks);
});
