import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.js';

const placesOf = (slots: Slots<string>, things: string): (number | undefined)[] =>
  [...things].map((thing) => slots.of(thing));

test('each thing has a place of its own and keeps it while it is in use', () => {
  const slots = new Slots<string>(4);
  slots.use([...'abc']);
  assert.deepEqual(placesOf(slots, 'abcd'), [0, 1, 2, undefined]);
  slots.use([...'cbd']);
  assert.deepEqual(placesOf(slots, 'abcd'), [0, 1, 2, 3]);
});

test('what was not in use for the longest gives way, and never what is in use', () => {
  const slots = new Slots<string>(4);
  slots.use([...'abcd']);
  slots.use([...'ab']);
  slots.use([...'ea']);
  assert.deepEqual(placesOf(slots, 'abcde'), [0, 1, undefined, 3, 2]);
  slots.use([...'fghi']);
  assert.deepEqual(placesOf(slots, 'abcde'), [undefined, undefined, undefined, undefined, undefined]);
  assert.deepEqual(placesOf(slots, 'fghi').toSorted(), [0, 1, 2, 3]);
});

test('more things than places are an error', () => {
  assert.throws(() => new Slots<string>(2).use([...'abc']), /3 things for 2 slots/);
});
