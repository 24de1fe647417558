import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeUnitOrder } from './code-unit-order.js';

/** Letters of every length as UTF-8, and both sides of the surrogates. */
const LETTERS = ['a', '/', 'é', '中', '\ue000', '！', '🌽', '𐀀'];

function* texts(length: number): Iterable<string> {
  if (length === 0) return;
  for (const letter of LETTERS) {
    yield letter;
    for (const rest of texts(length - 1)) yield letter + rest;
  }
}

test('keys that come as bytes sort leave as code units sort, whatever they are made of', async () => {
  const keys = [...texts(4)];
  const asBytes = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.notDeepEqual(asBytes, keys.toSorted(), 'the two orders differ');
  const out: string[] = [];
  for await (const key of codeUnitOrder(stream(asBytes), (key) => key)) out.push(key);
  assert.deepEqual(out, keys.toSorted());
});

test('plain keys are not held back', async () => {
  let given = 0;
  const source = (async function* () {
    for (const key of ['a', 'b', '🌽']) {
      given += 1;
      yield key;
    }
  })();
  let taken = 0;
  for await (const _ of codeUnitOrder(source, (key) => key)) assert.equal(given, (taken += 1));
});

async function* stream(keys: readonly string[]): AsyncIterable<string> {
  yield* keys;
}
