import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wordsOf } from './class-names.js';

test('words are names, in the order of the file', () => {
  assert.deepEqual(wordsOf(['tobacco', 'maize']), ['tobacco', 'maize']);
  assert.deepEqual(wordsOf(['1', '0']), ['1', '0']);
  assert.deepEqual(wordsOf(['maize', 2]), ['maize', '2']);
});

test('numbers and truth values that ascend say no more than their order', () => {
  for (const labels of [[], [0, 1, 2], [1, 2, 7], [-1, 1], [0.5, 1.5], [false, true], ['0', '1', '2']]) {
    assert.equal(wordsOf(labels), null, labels.join());
  }
});

test('numbers that do not ascend would be mixed up by place', () => {
  for (const labels of [
    [2, 0, 1],
    [1, 1],
    [true, false],
    [0, NaN],
  ]) {
    assert.throws(() => wordsOf(labels), RangeError, labels.join());
  }
});
