import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryTileTier } from './memory-tile-tier.js';
import { testTile, tileTierConformance } from './tile-tier.conformance.js';

tileTierConformance('memory', async ({ quotaBytes }) => {
  const tier = new MemoryTileTier({ maxBytes: quotaBytes });
  return { tier, close: () => tier.close() };
});

test('memory: what is unfinished is kept for a time, and is no tile of the tier', async () => {
  let now = 1_000;
  const tier = new MemoryTileTier({ maxBytes: 2 ** 20, now: () => now });
  const tile = testTile('a');
  tier.keep(tile.etag, { ...tile, state: 'incomplete', etag: null }, 60_000);
  assert.equal(await tier.get(tile.etag), undefined);
  assert.equal(tier.find(tile.etag)?.state, 'incomplete');
  now += 60_001;
  assert.equal(tier.find(tile.etag), undefined);
});
