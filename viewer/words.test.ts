import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTileEvent } from './tile-feed.js';
import type { TilePhase, TileStatus } from './tile-status.js';
import { isSimulated, seasonName, statusLine } from './words.js';

const status = (phase: TilePhase, tier: string | null = null): TileStatus => ({
  tile: { z: 14, x: 0, y: 0 },
  phase,
  progress: null,
  problem: null,
  quality: 'final',
  tier,
});
const times = (count: number, value: TileStatus): TileStatus[] => Array.from({ length: count }, () => value);

test('the status line says how far the view is, and why', () => {
  assert.equal(
    statusLine([
      ...times(9, status('ready', 'archive')),
      ...times(3, status('ready', 'memory')),
      ...times(3, status('computing')),
      status('queued'),
    ]),
    '12 of 16 tiles · computing 3 · waiting 1 · from archive 9',
  );
  assert.equal(statusLine(times(4, status('ready', 'computed'))), 'All 4 tiles · just computed 4');
  assert.equal(statusLine([]), 'Nothing of this map here');
});

test('a season that crosses the new year has both years in its name', () => {
  assert.equal(seasonName({ season: 'summer', year: 2024 }), 'summer 2024/25');
  assert.equal(seasonName({ season: 'summer', year: 1999 }), 'summer 1999/00');
  assert.equal(seasonName({ season: 'winter', year: 2024 }), 'winter 2024');
  assert.equal(seasonName({ season: 'late', year: 2024 }, ['2024-11-01', '2025-04-30']), 'late 2024/25');
});

test('a card that says simulated is known as such', () => {
  assert.ok(isSimulated({ simulated: true }));
  assert.ok(isSimulated({ note: 'Simulated scenes of a made-up district.' }));
  assert.ok(!isSimulated({ simulated: false, accuracy: 0.8 }));
  assert.ok(!isSimulated(undefined));
});

test('events that are not ours are left alone', () => {
  assert.equal(parseTileEvent('<html>'), null);
  assert.equal(parseTileEvent('null'), null);
  assert.equal(parseTileEvent('{"tile":{"z":14,"x":1.5,"y":2},"map":{},"state":"ready"}'), null);
  const event = {
    map: { season: 'summer', year: 2024, model: 'Demo' },
    tile: { z: 14, x: 1, y: 2 },
    state: 'ready',
  };
  assert.deepEqual(parseTileEvent(JSON.stringify(event)), event);
});
