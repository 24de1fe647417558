import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phenology } from './phenology.js';

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}`);

test('a triangle: its season starts and ends at a fifth of its sides', () => {
  const found = phenology([0, 0.5, 1, 0.5, 0]);
  close(found.sos, 4);
  close(found.pos, 20);
  close(found.eos, 36);
  close(found.auc, 20);
  close(found.aucSeason, 20 - 2 * 0.4);
  close(found.greenupRate, 0.05);
  close(found.senescenceRate, 0.05);
});

test('a peak at the start has no green-up, one at the end no senescence', () => {
  const falling = phenology([1, 0.8, 0.6, 0.4, 0.2]);
  assert.deepEqual([falling.sos, falling.pos, falling.greenupRate], [0, 0, 0]);
  const rising = phenology([0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual([rising.eos, rising.pos, rising.senescenceRate], [40, 40, 0]);
});

test('differences within the tie decide nothing: the peak is the earliest of the equal nodes', () => {
  assert.equal(phenology([0.2, 0.5, 0.500009, 0.5, 0.2]).pos, 10);
  assert.equal(phenology([0.2, 0.5, 0.500011, 0.5, 0.2]).pos, 20);
  const flat = phenology([0.5, 0.500002, 0.499999, 0.5, 0.500001]);
  assert.deepEqual([flat.sos, flat.pos, flat.eos], [0, 0, 40]);
});

test('the crossing nearest to the peak counts, not an earlier one', () => {
  const found = phenology([0, 0.9, 0, 1, 0.1, 0.8, 0]);
  close(found.sos, 22);
  close(found.eos, 40 - 10 / 9);
});
