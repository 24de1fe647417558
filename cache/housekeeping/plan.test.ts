import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inventory, StoredMetatile, StoredVersion } from './inventory.js';
import { FRESH_MS, GRACE_MS, planHousekeeping, type Removal, type Rules } from './plan.js';
import { OTHER_RECIPE, RECIPE, scenesOf, SEASON } from './testing.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const DAY = 86_400_000;
const OLD = NOW - 10 * DAY;
const NOTHING = { objects: 0, bytes: 0 };

const version = (digit: string, changes: Partial<StoredVersion> = {}): StoredVersion => ({
  scenes: scenesOf(digit),
  files: 3,
  bytes: 100,
  finishedAt: OLD,
  writtenAt: OLD,
  ...changes,
});
const metatile = (x: number, changes: Partial<StoredMetatile> = {}): StoredMetatile => ({
  recipe: RECIPE,
  season: SEASON,
  metatile: { x, y: 0 },
  versions: [version('1')],
  pointer: { bytes: 10, writtenAt: OLD },
  named: null,
  ...changes,
});
const inventory = (metatiles: readonly StoredMetatile[], rest: Partial<Inventory> = {}): Inventory => ({
  metatiles,
  sceneLists: [],
  catalogues: NOTHING,
  pyramid: { objects: 5, bytes: 1e9 },
  nodes: [],
  notes: NOTHING,
  foreign: { ...NOTHING, examples: [] },
  ...rest,
});
const plan = (given: Inventory, rules: Partial<Rules> = {}) =>
  planHousekeeping(given, {
    now: NOW,
    quotaBytes: Infinity,
    keepMs: 30 * DAY,
    lastUse: { of: () => undefined },
    known: null,
    ...rules,
  });
const told = (removals: readonly Removal[]): string[] =>
  removals.map((removal) => {
    if (removal.kind === 'scene-list') return `${removal.reason} ${removal.key}`;
    const what = removal.kind === 'pointer' ? 'pointer' : removal.scenes[0];
    return `${removal.reason} ${removal.metatile.x} ${what}`;
  });

test('nothing goes where nothing is wrong and there is room', () => {
  const { removals, before, after } = plan(inventory([metatile(1), metatile(2)]));
  assert.deepEqual(removals, []);
  assert.equal(before, 220);
  assert.equal(after, 220);
});

test('files without an item go after a day, and with the last of them the pointer', () => {
  const half = (at: number) => version('1', { finishedAt: null, writtenAt: at });
  const { removals, after } = plan(
    inventory([
      metatile(1, { versions: [half(NOW - GRACE_MS - 1)] }),
      metatile(2, { versions: [half(NOW - GRACE_MS + 1)] }),
      metatile(3, { versions: [half(OLD), version('2')] }),
      metatile(4, { versions: [], pointer: { bytes: 10, writtenAt: NOW - 1 } }),
      metatile(5, { versions: [] }),
    ]),
  );
  assert.deepEqual(told(removals), [
    'leftover 1 1',
    'leftover 1 pointer',
    'leftover 3 1',
    'leftover 5 pointer',
  ]);
  assert.equal(after, 110 + 110 + 10);
});

test('what no pointer and no scene list names goes a day after what they name was made', () => {
  const versions = [
    version('1'),
    version('2'),
    version('3', { finishedAt: NOW - 2 * DAY, writtenAt: NOW - 2 * DAY }),
  ];
  const named = new Set([scenesOf('2'), scenesOf('3')]);
  assert.deepEqual(told(plan(inventory([metatile(1, { versions, named })])).removals), ['superseded 1 1']);
  const young = version('3', { finishedAt: NOW - 3_600_000, writtenAt: NOW - 3_600_000 });
  const fresh = metatile(1, { versions: [version('1'), young], named: new Set([scenesOf('3')]) });
  assert.deepEqual(plan(inventory([fresh])).removals, [], 'readers have their time');
  const lost = metatile(1, { versions, named: new Set([scenesOf('9')]) });
  assert.deepEqual(plan(inventory([lost])).removals, [], 'where nothing that is there is named, all stays');
});

test('recipes of no map go when nobody has looked at any of them for long, and only where the maps are known', () => {
  const others = [metatile(1, { recipe: OTHER_RECIPE }), metatile(2, { recipe: OTHER_RECIPE })];
  const given = inventory([...others, metatile(3)]);
  const known = { recipes: new Set([RECIPE]), sceneLists: new Set<string>() };
  assert.deepEqual(plan(given).removals, []);
  assert.deepEqual(plan(given, { known }).removals, [], 'ten days are not thirty');
  const keepMs = 5 * DAY;
  assert.deepEqual(told(plan(given, { known, keepMs }).removals), [
    'unused-recipe 1 1',
    'unused-recipe 1 pointer',
    'unused-recipe 2 1',
    'unused-recipe 2 pointer',
  ]);
  const lastUse = {
    of: (recipe: string, _: string, { x }: { x: number }) =>
      recipe === OTHER_RECIPE && x === 2 ? NOW - DAY : undefined,
  };
  assert.deepEqual(plan(given, { known, keepMs, lastUse }).removals, [], 'another server shows it');
});

test('over the quota the least recently used metatiles go, as many as must', () => {
  const at = [4, 2, 9, 3].map((days, x) =>
    metatile(x, { versions: [version('1', { finishedAt: NOW - days * DAY, writtenAt: NOW - days * DAY })] }),
  );
  const looked = {
    of: (_: string, __: string, { x }: { x: number }) => (x === 2 ? NOW - 2 * FRESH_MS : undefined),
  };
  const { removals, before, after } = plan(inventory(at), { quotaBytes: 230, lastUse: looked });
  assert.equal(before, 440);
  assert.deepEqual(told(removals), ['quota 0 1', 'quota 0 pointer', 'quota 3 1', 'quota 3 pointer']);
  assert.equal(after, 220);
  assert.deepEqual(plan(inventory(at), { quotaBytes: 440 }).removals, []);
});

test('what was looked at within the hour does not go for the quota, whatever it is', () => {
  const given = inventory([metatile(1), metatile(2)]);
  const lastUse = { of: () => NOW - FRESH_MS + 1 };
  assert.deepEqual(plan(given, { quotaBytes: 1, lastUse }).removals, []);
});

test('what goes for another reason is not counted twice against the quota', () => {
  const given = inventory([
    metatile(1, { versions: [version('1'), version('2')], named: new Set([scenesOf('2')]) }),
    metatile(2),
  ]);
  const { removals, after } = plan(given, { quotaBytes: 220 });
  assert.deepEqual(told(removals), ['superseded 1 1']);
  assert.equal(after, 220);
  const tighter = plan(given, { quotaBytes: 150 });
  assert.deepEqual(told(tighter.removals), ['superseded 1 1', 'quota 1 2', 'quota 1 pointer']);
  assert.equal(tighter.after, 110);
});

test('scene lists stay, but those of other catalogues and seasons with nothing archived', () => {
  const list = (source: string, x: number, writtenAt = NOW - 40 * DAY) => ({
    key: `scenes/${source}/${SEASON}/12/${x}/0.json`,
    source,
    season: SEASON,
    metatile: { x, y: 0 },
    bytes: 50,
    writtenAt,
  });
  const given = inventory([metatile(1)], {
    sceneLists: [
      list('ours', 1),
      list('ours', 2),
      list('theirs', 1),
      list('theirs', 2),
      list('theirs', 3, NOW),
    ],
  });
  const known = { recipes: new Set([RECIPE]), sceneLists: new Set([`ours/${SEASON}`]) };
  const { removals, before, after } = plan(given, { known });
  assert.deepEqual(told(removals), [`orphan scenes/theirs/${SEASON}/12/2/0.json`]);
  assert.equal(before, after, 'the archive is what has a quota');
  assert.deepEqual(plan(given).removals, []);
});
