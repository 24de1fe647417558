import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowBatch } from './row-batch.js';

test('columns and rows are the same values', () => {
  const batch = new RowBatch(Float32Array.of(1, 2, 3, 10, 20, 30), 2, 3);
  assert.deepEqual([...batch.rows()], [1, 10, 2, 20, 3, 30]);
  assert.equal(batch.rows(), batch.rows());
  assert.deepEqual(RowBatch.ofRows(batch.rows(), 2, 3).columns, batch.columns);
});

test('lengths that contradict each other are refused', () => {
  assert.throws(() => new RowBatch(new Float32Array(5), 2, 3), /got 5 values, expected 6/);
  assert.throws(() => RowBatch.ofRows(new Float32Array(7), 2, 3), /got 7 values, expected 6/);
});
