import assert from 'node:assert/strict';
import { test } from 'node:test';

import { topLevelKeys } from './json-keys.js';

const keys = (text: string) => [...topLevelKeys(new TextEncoder().encode(text))];

test('the outermost names, in their order, without those inside values', () => {
  const document = {
    first: { inner: 1, list: [{ deep: [] }] },
    'with "quotes" and \\': 'a "colon": {[',
    third: ['"x":', { y: 2 }],
    leer: null,
    größe: 1e5,
  };
  const written = Object.keys(document).map((key) => JSON.stringify(key).slice(1, -1));
  assert.deepEqual(keys(JSON.stringify(document)), written);
  assert.deepEqual(keys(JSON.stringify(document, null, 3)), written);
});

test('of what is no object, and of a text that breaks off, what is there', () => {
  assert.deepEqual(keys('[{"a": 1}]'), []);
  assert.deepEqual(keys(''), []);
  assert.deepEqual(keys('{"a": 1, "b": {"c'), ['a', 'b']);
  assert.deepEqual(keys('{"a": "never ends\\'), ['a']);
  assert.deepEqual(
    keys(`{"${'long'.repeat(1e5)}": 1, "b": 2}`).map((key) => key.length),
    [256, 1],
  );
});
