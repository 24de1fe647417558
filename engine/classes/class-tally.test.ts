import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addTally, countRows, newTally } from './class-tally.js';

const STRIDE = 4;
const rows = {
  classes: Uint8Array.from([0, 0, 1, 255, 2, 1, 1, 1, 0, 255, 255, 254]),
  confidence: Uint8Array.from([90, 80, 70, 255, 60, 255, 40, 20, 10, 255, 255, 100]),
  stride: STRIDE,
  hectares: Float64Array.from([0.5, 0.25, 0.125]),
};

describe('counting classes', () => {
  test('counts spans only, each row by its own pixel', () => {
    const tally = newTally();
    countRows(tally, { ...rows, spans: Uint32Array.from([0, 0, 4, 1, 1, 3, 2, 0, 1, 2, 3, 4]) });
    assert.deepEqual([...tally.pixels.subarray(0, 3)], [3, 3, 0]);
    assert.deepEqual([...tally.hectares.subarray(0, 3)], [1.125, 1, 0]);
    assert.equal(tally.pixels[254], 1);
    assert.deepEqual([tally.noDataPixels, tally.noDataHectares], [1, 0.5]);
    // A pixel whose confidence is unknown has a class all the same.
    assert.deepEqual([...tally.confidence.subarray(0, 2)], [180, 110]);
    assert.deepEqual([...tally.sure.subarray(0, 2)], [3, 2]);
  });

  test('tallies add up', () => {
    const [one, other, both] = [newTally(), newTally(), newTally()];
    const [upper, lower] = [Uint32Array.from([0, 0, 4]), Uint32Array.from([1, 0, 4, 2, 0, 4])];
    countRows(one, { ...rows, spans: upper });
    countRows(other, { ...rows, confidence: null, spans: lower });
    countRows(both, { ...rows, spans: upper });
    countRows(both, { ...rows, confidence: null, spans: lower });
    addTally(one, other);
    assert.deepEqual(one, both);
  });
});
