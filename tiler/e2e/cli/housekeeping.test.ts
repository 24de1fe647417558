import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DiskObjectStore } from '../../../cache/disk-store.js';
import { RECIPE, SEASON, writeVersion, keysOf, scenesOf } from '../../../cache/housekeeping/testing.js';
import { archiveReal, SCENES } from '../../../cache/housekeeping/verify-testing.js';
import { modelsFolder } from '../stage.js';
import { FEW_SCENES, makeWorld } from '../world.js';
import { COLLECTION, WorldServer } from '../world-server.js';
import { BIN, geocrop, type Ended } from './geocrop-process.js';

const METATILE = { x: 2389, y: 2254 };
const OTHER = { x: 2390, y: 2254 };
const DAY = 86_400_000;

describe('the built command keeps house', () => {
  let folder: string;
  let store: DiskObjectStore;
  const path = (): string => join(folder, 'store');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-house-'));
    store = await DiskObjectStore.open(path(), { sync: false });
  });
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  afterEach(remove);

  /** All files as old as this. */
  const age = async (days: number, part = ''): Promise<void> => {
    const then = new Date(Date.now() - days * DAY);
    for (const entry of await readdir(path(), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && file.includes(part)) await utimes(file, then, then);
    }
  };
  const run = (...args: string[]): Promise<Ended> => geocrop([...args, '--store', path()]);

  test('verify: 0 where nothing is broken, 1 and a list where something is, and it can be taken out', async () => {
    await archiveReal(store, METATILE);
    await archiveReal(store, OTHER);
    const good = await run('verify');
    assert.equal(good.code, 0, good.err);
    assert.match(
      good.out,
      /^2 metatiles, 0 nodes of lower zooms and 2 scene lists read back, 18 files, [\d.]+ MB: nothing is broken\.$/m,
    );

    const file = `archive/${RECIPE}/${SEASON}/12/2389/2254/${SCENES}/confidence.tif`;
    const bytes = await readFile(join(path(), 'geocrop-results', file));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(join(path(), 'geocrop-results', file), bytes);
    const bad = await run('verify', '--season', SEASON, '--recipe', RECIPE.slice(0, 4));
    assert.equal(bad.code, 1);
    assert.ok(bad.out.startsWith(`${file}\n  its checksum is not the one in item.json\n`), bad.out);
    assert.match(bad.err, /^Verifying: 100 %/m);

    const repaired = await run('verify', '--repair', '--sample', '100%');
    assert.equal(repaired.code, 1, 'what was found is told');
    assert.match(repaired.out, /taken out: it is made anew where somebody looks/);
    const again = await run('verify');
    assert.equal(again.code, 0, again.out);
    assert.match(again.out, /^1 metatile, 0 nodes of lower zooms and 2 scene lists/m);
  });

  test('gc says what is there and removes what is over the quota; a dry run only says it', async () => {
    await archiveReal(store, METATILE);
    await age(5);
    await archiveReal(store, OTHER);
    await age(2, '/2390/');
    const before = await keysOf(store);
    const dry = await run('gc', '--dry-run', '--keep-recipes', '--quota', '1MB');
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.out, /summer-2021 +classes, trees 1 +aaaaaaaaaaaaaaaa +2 +[\d.]+ MB +\d{4}-\d\d-\d\d/);
    assert.match(dry.out, /^archive +2 +[\d.]+ MB +of 1 MB$/m);
    assert.match(dry.out, /^over the quota, looked at least recently +1 +8 +\d+ KB$/m);
    assert.deepEqual(await keysOf(store), before);
    const wet = await run('gc', '--keep-recipes', '--quota', '1MB');
    assert.equal(wet.code, 0, wet.err);
    assert.match(wet.out, /^what went/m);
    const left = await keysOf(store, 'archive/');
    assert.ok(left.length > 0 && left.every((key) => key.includes('/2390/')), left.join());
    assert.equal((await keysOf(store, 'scenes/')).length, 2, 'scene lists stay');
    const idle = await run('gc', '--keep-recipes');
    assert.match(idle.out, /^Nothing had to go\.$/m);
  });

  test('maps that the configuration does not have go after their time, and only where the configuration is known', async () => {
    await archiveReal(store, METATILE);
    await age(40);
    const unreachable = await run('gc', '--stac', 'http://127.0.0.1:9/stac', '--collection', 'x');
    assert.equal(unreachable.code, 0, unreachable.err);
    assert.match(unreachable.err, /^Maps of other models and settings stay: /m);
    assert.match(unreachable.out, /^Nothing had to go\.$/m);

    const server = await WorldServer.start(await makeWorld(FEW_SCENES));
    const known = ['--stac', server.stac, '--collection', COLLECTION, '--models', await modelsFolder(folder)];
    const kept = await run('gc', ...known, '--keep-days', '50');
    assert.match(kept.out, /no map of this configuration/);
    assert.match(kept.out, /^Nothing had to go\.$/m);
    const gone = await run('gc', ...known);
    assert.equal(gone.code, 0, gone.err);
    assert.match(gone.out, /^no map of this configuration, not looked at for long +1 +8 /m);
    assert.deepEqual(await keysOf(store, 'archive/'), []);
    await server.stop();
  });

  test('gc killed in the middle, again and again, leaves whole metatiles or none', async () => {
    const metatiles = 400;
    for (let x = 0; x < metatiles; x++) await writeVersion(store, { x, y: 0 }, scenesOf('1'), { bytes: 10 });
    await age(3);
    let killed = 0;
    for (let round = 0; round < 3; round++) {
      const child = spawn(
        process.execPath,
        [BIN, 'gc', '--keep-recipes', '--quota', '1B', '--store', path()],
        {
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      const exit = once(child, 'exit');
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('Removing')) child.kill('SIGKILL');
      });
      const [, signal] = (await exit) as [number | null, string | null];
      if (signal === 'SIGKILL') killed += 1;
      for (let x = 0; x < metatiles; x++) {
        const names = await keysOf(store, `archive/${RECIPE}/${SEASON}/12/${x}/0/${scenesOf('1')}/`);
        const whole = names.some((key) => key.endsWith('/item.json'));
        if (whole) assert.equal(names.length, 4, `metatile ${x}`);
      }
    }
    assert.ok(killed > 0, 'it was killed in the middle');
    const end = await run('gc', '--keep-recipes', '--quota', '1B');
    assert.equal(end.code, 0, end.err);
    assert.deepEqual(await keysOf(store, 'archive/'), []);
  });

  test('what is wrong is said, with 2, and nothing is made or removed', async () => {
    await remove();
    for (const [args, says] of [
      [['gc', '--keep-recipes'], /There is no store in/],
      [['verify'], /There is no store in/],
      [['gc', '--quota', 'much'], /size such as 30GB/],
      [['gc', '--keep-days', 'x'], /number of days/],
      [['verify', '--sample', '500%'], /part of all/],
      [['verify', '--sample', '0'], /part of all/],
      [['verify', '--recipe', 'xyz'], /digits/],
      [['verify', '--season', 'summer'], /summer-2021/],
    ] as const) {
      const { code, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, says);
    }
    await assert.rejects(readdir(path()));
  });
});
