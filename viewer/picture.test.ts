import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classIds, NO_CLASS, rampValues } from './picture.js';

test('an index is a class only where the legend has one', () => {
  const meaning = classIds(3);
  assert.deepEqual([...(meaning ?? []).slice(0, 5)], [0, 1, 2, NO_CLASS, NO_CLASS]);
  assert.equal(meaning?.[255], NO_CLASS);
});

test('every whole percent of a ramp from 0 to 100 comes back from its index', () => {
  const meaning = rampValues(0, 100);
  for (let percent = 0; percent <= 100; percent += 1)
    assert.equal(meaning?.[Math.round((percent / 100) * 254)], percent);
  assert.equal(meaning?.[255], NO_CLASS);
});
