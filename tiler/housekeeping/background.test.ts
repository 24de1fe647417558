import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS } from '../../cache/housekeeping/read-usage.js';
import { keysOf, OTHER_RECIPE, RECIPE, scenesOf, writeVersion } from '../../cache/housekeeping/testing.js';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { createLog } from '../log.js';
import { HOUR_MS, housekeep, type BackgroundOptions } from './background.js';

const START = Date.parse('2026-11-20T10:00:00Z');
const never = new AbortController().signal;

function scene(
  store: MemoryObjectStore,
  clock: { now: number },
): { options: BackgroundOptions; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    write: (line) => lines.push(line),
    now: () => clock.now,
  });
  const rules = { quotaBytes: 3000, windows: null };
  return { lines, options: { store, rules, log, now: () => clock.now } };
}

test('hourly, what is over the quota goes; of two processes one has done it for both', async () => {
  const clock = { now: START };
  const store = new MemoryObjectStore(() => new Date(clock.now));
  await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'));
  clock.now += DAY_MS;
  await writeVersion(store, { x: 2, y: 2 }, scenesOf('1'), { recipe: OTHER_RECIPE });
  const one = scene(store, clock);
  const two = scene(store, clock);
  await housekeep(one.options, never);
  assert.deepEqual(await keysOf(store, `archive/${RECIPE}/`), [], 'the older one');
  assert.ok((await keysOf(store, `archive/${OTHER_RECIPE}/`)).length > 0);
  assert.equal(one.lines.length, 1);
  assert.match(one.lines[0] ?? '', /"event":"housekeeping","metatiles":1,"bytes":\d+/);

  clock.now += HOUR_MS / 4;
  await writeVersion(store, { x: 3, y: 3 }, scenesOf('1'));
  clock.now += HOUR_MS / 4;
  await housekeep(two.options, never);
  assert.deepEqual(two.lines, []);
  assert.ok((await keysOf(store, `archive/${OTHER_RECIPE}/`)).length > 0, 'not its turn');
  clock.now += HOUR_MS;
  await housekeep(two.options, never);
  assert.deepEqual(await keysOf(store, `archive/${OTHER_RECIPE}/`), []);
  assert.equal(two.lines.length, 1);
});

test('recipes that no map has stay: only gc asks which there are', async () => {
  const clock = { now: START };
  const store = new MemoryObjectStore(() => new Date(clock.now));
  await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'), { recipe: OTHER_RECIPE, bytes: 10 });
  const before = await keysOf(store, 'archive/');
  clock.now += 1000 * DAY_MS;
  const { options, lines } = scene(store, clock);
  await housekeep(options, never);
  assert.deepEqual(await keysOf(store, 'archive/'), before);
  assert.deepEqual(lines, [], 'nothing went, nothing is said');
});

test('a store that fails, a damaged note and a wrong clock stop nothing for good', async () => {
  const clock = { now: START };
  let broken = true;
  class Failing extends MemoryObjectStore {
    override async *entries(
      ...args: Parameters<MemoryObjectStore['entries']>
    ): ReturnType<MemoryObjectStore['entries']> {
      if (broken) throw new Error('gone');
      yield* super.entries(...args);
    }
  }
  const store = new Failing(() => new Date(clock.now));
  const { options, lines } = scene(store, clock);
  await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'), { bytes: 5000 }).catch(() => undefined);
  await housekeep(options, never);
  assert.match(lines[0] ?? '', /housekeeping could not be done.*gone/);
  broken = false;
  for (const note of ['{', JSON.stringify({ at: START + 400 * DAY_MS })]) {
    clock.now += DAY_MS;
    await writeVersion(store, { x: 1, y: 1 }, scenesOf('1'), { bytes: 5000 });
    clock.now += DAY_MS;
    await store.put('geocrop-results', 'usage/last-run.json', Buffer.from(note));
    await housekeep(options, never);
    assert.deepEqual(await keysOf(store, 'archive/'), [], note);
  }
});
