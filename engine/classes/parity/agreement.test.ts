import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf } from './agreement.js';

const compare = (ours: number[], theirs: number[]) =>
  agreementOf(Float64Array.from(ours), Float64Array.from(theirs), 0, ours.length);

test('the largest difference and its class, the labels, the lead', () => {
  const found = compare([0.5, 0.3, 0.2], [0.125, 0.625, 0.25]);
  assert.deepEqual([found.difference, found.worstClass, found.ours, found.theirs], [0.375, 0, 0, 1]);
  assert.equal(found.lead, 0.375);
  assert.equal(found.good, false);
});

test('the same, to the tolerance', () => {
  assert.equal(compare([0.6, 0.4], [0.6, 0.4]).good, true);
  assert.equal(compare([0.6, 0.4], [0.600009, 0.399991]).good, true);
  assert.equal(compare([0.6, 0.4], [0.600011, 0.399989]).good, false);
});

test('labels may differ where the best two are level, on both sides', () => {
  assert.equal(compare([0.5, 0.5], [0.4999995, 0.5000005]).good, true);
  assert.equal(compare([0.500004, 0.499996], [0.499999, 0.500001]).good, false);
  assert.equal(compare([0.500001, 0.499999], [0.499996, 0.500004]).good, false);
});

test('equals go to the lowest id, as in the map', () => {
  assert.equal(compare([0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]).ours, 0);
  assert.equal(compare([0.2, 0.4, 0.4], [0.2, 0.4, 0.4]).theirs, 1);
});

test('no number is not the same', () => {
  const found = compare([NaN, 0.5], [0.5, 0.5]);
  assert.deepEqual([found.difference, found.good], [Infinity, false]);
});

test('one class', () => {
  assert.equal(compare([1], [1]).good, true);
});
