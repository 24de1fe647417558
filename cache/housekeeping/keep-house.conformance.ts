import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Archive } from '../archive.js';
import { metatilePrefix } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { keepHouse, type HouseRules } from './keep-house.js';
import { executePlan } from './execute.js';
import { planHousekeeping } from './plan.js';
import { DAY_MS } from './read-usage.js';
import { takeInventory } from './take-inventory.js';
import {
  EMPTY_ITEM,
  keysOf,
  OTHER_RECIPE,
  products,
  RECIPE,
  scenesOf,
  SEASON,
  writeVersion,
} from './testing.js';
import { UsageJournal } from './usage-journal.js';
import { storeWindows, trimWindows } from './windows.js';

/** Housekeeping over any store. The store's own clock is the real one: `now` is what is moved. */
export function keepHouseConformance(
  name: string,
  makeStore: () => Promise<{ readonly store: ObjectStore; readonly close: () => Promise<void> }>,
): void {
  const check = (what: string, run: (store: ObjectStore) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const { store, close } = await makeStore();
      try {
        await run(store);
      } finally {
        await close();
      }
    });
  };
  const rules = (changes: Partial<HouseRules> = {}): HouseRules => ({
    now: Date.now() + 3 * DAY_MS,
    quotaBytes: Infinity,
    keepMs: 30 * DAY_MS,
    known: null,
    windows: null,
    ...changes,
  });

  check('an inventory counts all, and knows what is in use', async (store) => {
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'), { lookedUpAt: '2022-01-01T00:00:00Z' });
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('2'), { lookedUpAt: '2022-02-01T00:00:00Z' });
    await writeVersion(store, { x: 1, y: 2 }, scenesOf('1'), { recipe: OTHER_RECIPE });
    await store.put('geocrop-results', `scenes/s/${SEASON}/12/1/1.json`, Buffer.from('{}'));
    await store.put('geocrop-results', `scenes/s/${SEASON}/12/1/1.faults.json`, Buffer.from('[]'));
    await store.put('geocrop-results', 'scenes/s/catalogue.json', Buffer.from('{}'));
    await store.put('geocrop-results', 'archive/mine/x.tif', new Uint8Array(7));
    const found = await takeInventory(store);
    assert.deepEqual(
      found.metatiles.map(({ recipe, metatile, versions }) => [recipe, metatile.y, versions.length]),
      [
        [RECIPE, 1, 2],
        [OTHER_RECIPE, 2, 1],
      ],
    );
    const [first, second] = found.metatiles;
    assert.deepEqual(first?.named, new Set([scenesOf('2')]), 'a list that cannot be read names nothing');
    assert.equal(second?.named, null, 'nothing hangs on it');
    assert.equal(first?.versions[0]?.files, 4);
    assert.equal(first?.versions[0]?.bytes, 2000 + '<names/>'.length + JSON.stringify(EMPTY_ITEM).length);
    assert.equal(found.sceneLists.length, 2);
    assert.equal(found.catalogues.objects, 1);
    assert.deepEqual(found.foreign, { objects: 1, bytes: 7, examples: ['archive/mine/x.tif'] });
  });

  check('over the quota what was looked at least recently goes, by what processes noted', async (store) => {
    const now = Date.now();
    for (let x = 0; x < 4; x++) await writeVersion(store, { x, y: 0 }, scenesOf('1'), { bytes: 5000 });
    const noted = async (x: number, days: number): Promise<void> => {
      const journal = new UsageJournal({ store, now: () => now + days * DAY_MS });
      journal.used(RECIPE, SEASON, { x, y: 0 });
      await journal.flush();
    };
    await noted(0, 1);
    await noted(2, 2);
    const { removed, failures, plan } = await keepHouse(
      store,
      rules({ now: now + 3 * DAY_MS, quotaBytes: 25_000 }),
    );
    assert.deepEqual(failures, []);
    assert.equal(plan.removals.length, removed.length);
    const left = await keysOf(store, 'archive/');
    assert.ok(
      left.every((key) => /\/12\/(0|2)\/0\//.test(key)),
      left.join(),
    );
    const archive = new Archive(store);
    assert.equal(await archive.has(RECIPE, SEASON, { x: 0, y: 0 }, scenesOf('1')), true);
    assert.equal(await archive.current(RECIPE, SEASON, { x: 1, y: 0 }), undefined);
    const again = await keepHouse(store, rules({ now: now + 3 * DAY_MS, quotaBytes: 25_000 }));
    assert.deepEqual(again.removed, []);
  });

  check('a dry run removes nothing and says the same', async (store) => {
    for (let x = 0; x < 3; x++) await writeVersion(store, { x, y: 0 }, scenesOf('1'));
    const before = await keysOf(store);
    const dry = await keepHouse(store, rules({ quotaBytes: 0, dryRun: true }));
    assert.deepEqual(await keysOf(store), before);
    const wet = await keepHouse(store, rules({ quotaBytes: 0 }));
    const places = (removals: typeof dry.removed): string[] =>
      removals.map((removal) => JSON.stringify({ ...removal, lastUsedAt: 0 })).sort();
    assert.deepEqual(places(wet.removed), places(dry.removed));
    assert.deepEqual(await keysOf(store), []);
  });

  check('only keys of ours ever go, whatever is configured', async (store) => {
    const foreign = [
      'archive/readme.txt',
      `archive/${RECIPE}/notes.json`,
      `archive/${RECIPE}/${SEASON}/12/1/1/${scenesOf('1')}/my notes.txt`,
      `archive/${RECIPE}/${SEASON}/12/1/1/backup/classes.tif`,
      `archive/${'g'.repeat(16)}/${SEASON}/12/1/1/${scenesOf('1')}/classes.tif`,
      'holiday/beach.jpg',
      'pyramid/anything',
      'results/job/refined.tif',
      'scenes/s/notes.txt',
      'usage/notes.txt',
    ];
    for (const key of foreign) await store.put('geocrop-results', key, Buffer.from(key));
    await store.put('geocrop-windows', 'beach.jpg', Buffer.from('x'));
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'));
    const report = await keepHouse(
      store,
      rules({
        now: Date.now() + 1000 * DAY_MS,
        quotaBytes: 0,
        keepMs: 0,
        known: { recipes: new Set(), sceneLists: new Set() },
        windows: { windows: storeWindows(store), quotaBytes: 0 },
      }),
    );
    assert.equal(report.failures.length, 0);
    assert.deepEqual(await keysOf(store), foreign.sort());
    assert.notEqual(await store.get('geocrop-windows', 'beach.jpg'), undefined);
  });

  check('what has come into use since it was planned stays', async (store) => {
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'), { lookedUpAt: '2022-01-01T00:00:00Z' });
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('2'), { lookedUpAt: '2022-02-01T00:00:00Z' });
    const prefix = metatilePrefix(RECIPE, SEASON, { x: 2, y: 2 });
    await store.put(
      'geocrop-results',
      `${prefix}/${scenesOf('3')}/classes.tif`,
      new Uint8Array(1000).fill(1),
    );
    const all = { ...rules(), lastUse: { of: () => undefined } };
    const plan = planHousekeeping(await takeInventory(store), all);
    assert.deepEqual(plan.removals.map(({ reason }) => reason).sort(), ['leftover', 'superseded']);
    const archive = new Archive(store);
    await archive.markCurrent(RECIPE, SEASON, { x: 1, y: 1 }, scenesOf('1'), '2022-03-01T00:00:00Z');
    await writeVersion(store, { x: 2, y: 2 }, scenesOf('3'));
    const outcomes: unknown[] = [];
    await executePlan(store, plan, { onRemoved: (_, outcome) => outcomes.push(outcome) });
    assert.deepEqual(outcomes, ['kept', 'kept']);
    assert.equal(await archive.has(RECIPE, SEASON, { x: 1, y: 1 }, scenesOf('1')), true);
  });

  check('two at once do no harm, and an interrupted one leaves whole metatiles', async (store) => {
    for (let x = 0; x < 12; x++) await writeVersion(store, { x, y: 0 }, scenesOf('1'));
    const stop = new AbortController();
    let gone = 0;
    await assert.rejects(
      keepHouse(store, rules({ quotaBytes: 0 }), {
        signal: stop.signal,
        onRemoved: () => (gone += 1) === 3 && stop.abort(),
      }),
      { name: 'AbortError' },
    );
    for (let x = 0; x < 12; x++) {
      const names = (await keysOf(store, `archive/${RECIPE}/${SEASON}/12/${x}/0/${scenesOf('1')}/`)).length;
      assert.ok(names === 0 || names === 4, `${names} files of ${x}`);
    }
    const [one, two] = await Promise.all([
      keepHouse(store, rules({ quotaBytes: 0 })),
      keepHouse(store, rules({ quotaBytes: 0 })),
    ]);
    assert.equal(one.failures.length + two.failures.length, 0);
    assert.deepEqual(await keysOf(store, 'archive/'), []);
    await new Archive(store).writeMetatile(RECIPE, SEASON, { x: 0, y: 0 }, scenesOf('1'), {
      products: products(10),
      item: EMPTY_ITEM,
    });
    assert.equal((await keysOf(store, 'archive/')).length, 5);
  });

  check('source blocks written least recently go first, and what is no block stays', async (store) => {
    const key = (i: number): string =>
      `${i.toString(16).padStart(2, '0')}/${i.toString(16).padStart(2, '0')}${'0'.repeat(30)}`;
    for (let i = 0; i < 6; i++) await store.put('geocrop-windows', key(i), new Uint8Array(1000));
    await store.put('geocrop-windows', 'notes', new Uint8Array(1000));
    const base = Date.now();
    // The store's clock is its own: five minutes lie between them here.
    const aged = {
      entries: async function* () {
        for await (const entry of store.entries('geocrop-windows', '')) {
          const age = (6 - Number.parseInt(entry.key.slice(0, 2), 16)) * 300_000;
          yield { ...entry, modified: new Date(base - age) };
        }
      },
      delete: (gone: string) => store.delete('geocrop-windows', gone),
    };
    assert.deepEqual(await trimWindows(aged, 6000), {
      before: { objects: 6, bytes: 6000 },
      removed: { objects: 0, bytes: 0 },
    });
    const dry = await trimWindows(aged, 3500, { dryRun: true });
    assert.equal(dry.removed.objects, 3);
    assert.deepEqual(await trimWindows(aged, 3500), dry);
    const left: string[] = [];
    for await (const each of store.list('geocrop-windows', '')) left.push(each);
    assert.deepEqual(left, [key(3), key(4), key(5), 'notes'].sort());
  });
}
