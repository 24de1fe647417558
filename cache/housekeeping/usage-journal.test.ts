import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryObjectStore } from '../memory-store.js';
import { compactUsage, DAY_MS, readUsage, USAGE_DAYS } from './read-usage.js';
import { keysOf } from './testing.js';
import { parseUsage, serializeUsage, usageKey } from './usage-document.js';
import { UsageJournal } from './usage-journal.js';

const MINUTE = 60_000;
const START = Date.parse('2026-11-20T10:00:00Z');

function journalAt(
  store: MemoryObjectStore,
  limit?: number,
): { journal: UsageJournal; clock: { now: number } } {
  const clock = { now: START };
  const options = { store, now: () => clock.now, ...(limit === undefined ? {} : { limit }) };
  return { journal: new UsageJournal(options), clock };
}

test('what several processes looked at is merged: the latest look counts', async () => {
  const store = new MemoryObjectStore();
  const one = journalAt(store);
  const two = journalAt(store);
  one.journal.used('r', 's', { x: 1, y: 2 });
  one.journal.used('r', 's', { x: 4095, y: 4095 });
  two.clock.now += 10 * MINUTE;
  two.journal.used('r', 's', { x: 1, y: 2 });
  await Promise.all([one.journal.flush(), two.journal.flush()]);
  const usage = await readUsage(store, START + 3_600_000);
  assert.equal(usage.of('r', 's', { x: 1, y: 2 }), START + 10 * MINUTE);
  assert.equal(usage.of('r', 's', { x: 4095, y: 4095 }), START);
  assert.equal(usage.of('r', 's', { x: 2, y: 1 }), undefined);
  assert.equal((await keysOf(store, 'usage/2026-11-20/')).length, 2, 'one small object a process and day');
});

test('nothing new writes nothing; a day later a new journal holds only the new day', async () => {
  const store = new MemoryObjectStore();
  const { journal, clock } = journalAt(store);
  await journal.flush();
  assert.deepEqual(await keysOf(store), []);
  journal.used('r', 's', { x: 1, y: 1 });
  clock.now += MINUTE;
  await journal.flush();
  await journal.flush();
  clock.now += DAY_MS - MINUTE;
  await journal.flush();
  assert.equal((await keysOf(store)).length, 1);
  journal.used('r', 's', { x: 2, y: 2 });
  await journal.flush();
  const [first, second] = await keysOf(store);
  assert.match(second ?? '', /^usage\/2026-11-21\//);
  const uses = parseUsage((await store.get('geocrop-results', second ?? '')) ?? new Uint8Array());
  assert.deepEqual(uses, [{ map: 'r/s', metatiles: [{ x: 2, y: 2, at: START + DAY_MS }] }]);
  assert.match(first ?? '', /^usage\/2026-11-20\//);
});

test('a look between the last journal of a day and midnight is in the next day’s', async () => {
  const store = new MemoryObjectStore();
  const { journal, clock } = journalAt(store);
  journal.used('r', 's', { x: 1, y: 1 });
  await journal.flush();
  clock.now = Date.parse('2026-11-20T23:58:00Z');
  journal.used('r', 's', { x: 2, y: 2 });
  clock.now = Date.parse('2026-11-21T00:01:00Z');
  await journal.flush();
  const usage = await readUsage(store, clock.now);
  assert.equal(usage.of('r', 's', { x: 2, y: 2 }), Date.parse('2026-11-20T23:58:00Z'));
  assert.equal(usage.of('r', 's', { x: 1, y: 1 }), START);
});

test('a journal that cannot be written is told, never thrown, and written with the next', async () => {
  let broken = true;
  class Failing extends MemoryObjectStore {
    override put(...args: Parameters<MemoryObjectStore['put']>): ReturnType<MemoryObjectStore['put']> {
      return broken ? Promise.reject(new Error('no room')) : super.put(...args);
    }
  }
  const store = new Failing();
  const told: unknown[] = [];
  const journal = new UsageJournal({ store, now: () => START, onFailure: (error) => told.push(error) });
  journal.used('r', 's', { x: 1, y: 1 });
  await journal.flush();
  assert.equal(told.length, 1);
  broken = false;
  await journal.flush();
  assert.equal((await readUsage(store, START)).size, 1);
});

test('memory is bounded: a full journal is closed and another begun', async () => {
  const store = new MemoryObjectStore();
  const { journal, clock } = journalAt(store, 3);
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 5; i++) journal.used('r', 's', { x: round, y: i });
    await journal.flush();
    clock.now += 5 * MINUTE;
  }
  const usage = await readUsage(store, clock.now);
  assert.equal(usage.size, 4 * 3, 'beyond it, between two writes, nothing is noted');
  for (const key of await keysOf(store)) {
    const [uses] = parseUsage((await store.get('geocrop-results', key)) ?? new Uint8Array());
    assert.ok((uses?.metatiles.length ?? 0) <= 3, key);
  }
});

test('past days are made one journal each, and what is too old goes', async () => {
  const store = new MemoryObjectStore();
  const write = (daysAgo: number, name: string, x: number, at: number): Promise<unknown> => {
    const day = new Date(START - daysAgo * DAY_MS).toISOString().slice(0, 10);
    const uses = [{ map: 'r/s', metatiles: [{ x, y: 0, at }] }];
    return store.put('geocrop-results', usageKey(day, name), serializeUsage(uses));
  };
  await write(0, 'p1-0', 0, START);
  await write(0, 'p2-0', 1, START);
  await write(5, 'p1-0', 2, START - 5 * DAY_MS);
  await write(5, 'p2-0', 2, START - 5 * DAY_MS + MINUTE);
  await write(5, 'p3-0', 3, START - 5 * DAY_MS);
  await write(USAGE_DAYS + 1, 'p1-0', 4, START - (USAGE_DAYS + 1) * DAY_MS);
  await store.put('geocrop-results', 'usage/2026-11-15/broken-0.json', Buffer.from('{"version": 1, "ma'));
  await store.put('geocrop-results', 'usage/readme.txt', Buffer.from('not ours'));
  const before = await readUsage(store, START);
  assert.equal(await compactUsage(store, START), 5);
  const after = await readUsage(store, START);
  assert.deepEqual(after.entries(), before.entries());
  assert.equal(after.of('r', 's', { x: 2, y: 0 }), START - 5 * DAY_MS + MINUTE);
  assert.equal((await keysOf(store, 'usage/2026-11-15/')).length, 1);
  assert.equal((await keysOf(store, 'usage/2026-11-20/')).length, 2, 'today is still being written');
  assert.equal((await keysOf(store, 'usage/')).length, 4);
  assert.equal(await compactUsage(store, START), 0);
});

test('a clock that is ahead makes nothing look used in the future', async () => {
  const store = new MemoryObjectStore();
  const { journal, clock } = journalAt(store);
  clock.now += DAY_MS;
  journal.used('r', 's', { x: 1, y: 1 });
  await journal.flush();
  assert.equal((await readUsage(store, START)).of('r', 's', { x: 1, y: 1 }), START);
});
