import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expectations } from './fixtures/fixtures.js';
import { argmax, meanProbabilities } from './vote.js';

for (const name of ['trees', 'scaled'] as const) {
  test(`the mean of "${name}" is numpy's, bit for bit`, () => {
    const { classes, members, ensembles } = expectations;
    const votes = ensembles[name].members.map(({ file, weight }) => {
      const member = members[file]!;
      return {
        probabilities: Float32Array.from(member.onnxruntime.flat()),
        weight,
        columnOfClass: classes.map((c) => member.classes.indexOf(c)),
      };
    });
    const count = ensembles[name].mean.length;
    const mean = meanProbabilities(votes, classes.length, count);
    assert.deepEqual(Array.from(mean), ensembles[name].mean.flat());
    const winners = Array.from({ length: count }, (_, i) => argmax(mean, i * classes.length, classes.length));
    assert.deepEqual(winners, ensembles[name].classes);
  });
}

test('a class that a member lacks counts 0, and its weight counts all the same', () => {
  const mean = meanProbabilities(
    [
      { probabilities: Float32Array.of(0.25, 0.75), weight: 1, columnOfClass: [1, 0, -1] },
      { probabilities: Float32Array.of(1), weight: 3, columnOfClass: [-1, -1, 0] },
    ],
    3,
    1,
  );
  assert.deepEqual(Array.from(mean), [0.75 / 4, 0.25 / 4, 3 / 4]);
});

test('ties go to the lowest id', () => {
  assert.equal(argmax(Float64Array.of(9, 0.2, 0.4, 0.4), 1, 3), 1);
  assert.equal(argmax(Float64Array.of(0.5, 0.5), 0, 2), 0);
});

test('probabilities of another width are refused', () => {
  const vote = { probabilities: new Float32Array(5), weight: 1, columnOfClass: [0, 1] };
  assert.throws(() => meanProbabilities([vote], 2, 2), /got 5 values, expected 4/);
});
