import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { DiskFs } from '../../cache/disk-store.js';
import { isGeoCropError } from '../../engine/errors.js';
import { npyValues, openStage, tilePath, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, UPPER, type World, YEAR } from './world.js';
import { WorldServer } from './world-server.js';

/** A disk that takes nothing while it is full. */
function fillableDisk(): DiskFs & { full: boolean } {
  const disk = {
    ...nodeFs,
    full: false,
    open: (async (path: string, flags: string) => {
      if (disk.full && flags.startsWith('w')) {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      }
      return nodeFs.open(path, flags);
    }) as DiskFs['open'],
  };
  return disk;
}

describe('a disk that is full, or damaged', () => {
  let world: World;
  let folder: string;
  let server: WorldServer;
  let stage: Stage;

  before(async () => {
    world = await makeWorld(FEW_SCENES);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(world);
  });
  afterEach(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const good = async (id = TILE): Promise<Uint8Array | Float32Array> => {
    const response = await stage.get(tilePath(id));
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    return npyValues(response);
  };
  const stored = async (): Promise<string[]> => {
    const names = await nodeFs.readdir(join(folder, 'store'), { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile()).map(({ name }) => name);
  };

  test('the store is full: tiles are served, nothing half-written stays, and it is used again when there is room', async () => {
    const disk = fillableDisk();
    disk.full = true;
    stage = await openStage(folder, server.stac, { storeFs: disk });
    const values = await good();
    const whole = await good(UPPER);
    assert.deepEqual(await stored(), []);
    assert.ok(stage.warnings.some((line) => line.includes('could not be archived')));
    // From what was made a moment ago, without another computation.
    const decoded = stage.decoded();
    await good({ ...TILE, x: TILE.x + 1 });
    assert.equal(stage.decoded(), decoded);

    disk.full = false;
    stage.clock.now += 2 * 60_000;
    await stage.get(tilePath(UPPER, 'layer=confidence')).then((response) => response.arrayBuffer());
    assert.ok((await stored()).includes('item.json'));
    await stage.close();
    stage = await openStage(folder, server.stac);
    assert.deepEqual(await good(), values);
    assert.deepEqual(await good(UPPER), whole);
  });

  test('the store is full: an order says so, and is done when there is room', async () => {
    const disk = fillableDisk();
    disk.full = true;
    stage = await openStage(folder, server.stac, { storeFs: disk });
    const { desk, maps } = stage.engine;
    const definition = maps.definition({ season: 'summer', year: YEAR, model: 'trees' });
    const order = (): Promise<void> =>
      desk.order({ definition, metatile: UPPER, feature: null }, { class: 'warming', owner: 'warming' });
    await assert.rejects(order(), (error) => isGeoCropError(error, 'store-full'));
    disk.full = false;
    await order();
    assert.ok((await stored()).includes('item.json'));
  });

  test('the block cache cannot be written: tiles are served', async () => {
    const file = join(folder, 'no-folder');
    await writeFile(file, '');
    stage = await openStage(folder, server.stac, { windowsDir: join(file, 'windows') });
    await good();
  });

  test('a damaged file of the archive is computed again, with the same values', async () => {
    stage = await openStage(folder, server.stac);
    const values = await good();
    await good(UPPER);
    const root = join(folder, 'store', 'geocrop-results', 'archive');
    const all = await nodeFs.readdir(root, { recursive: true });
    const path = join(root, all.find((name) => name.endsWith('/classes.tif')) ?? '');
    const bytes = await nodeFs.readFile(path);
    for (const damage of [bytes.subarray(0, bytes.length / 2), Buffer.alloc(bytes.length, 0x5a)]) {
      await stage.close();
      writeFileSync(path, damage);
      stage = await openStage(folder, server.stac);
      assert.deepEqual(await good(), values);
      assert.ok(stage.warnings.some((line) => line.includes('damaged')));
      await good(UPPER);
      assert.deepEqual(await nodeFs.readFile(path), bytes);
    }
  });
});
