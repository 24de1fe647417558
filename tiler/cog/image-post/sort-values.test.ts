import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { randomImage } from '../oracle/random-image.js';
import { TYPE_RANGES } from './data-types.js';
import { sortValues } from './sort-values.js';

test('values of every type are sorted as the engine sorts them, in a copy', () => {
  for (const [seed, type] of (Object.keys(TYPE_RANGES) as DataType[]).entries()) {
    for (const range of [TYPE_RANGES[type], type.startsWith('u') ? [0, 3] : [-3, 3]] as const) {
      // Half of it: the range of float64 is wider than a float64 tells.
      const [values] = randomImage({ seed, type, bands: 1, range: [range[0] / 2, range[1] / 2] }).bands;
      assert.ok(values !== undefined);
      values[3] = 0;
      const before = values.slice();
      assert.deepEqual(sortValues(values), values.slice().sort(), type);
      assert.deepEqual(values, before);
      assert.deepEqual(sortValues(values.subarray(5, 7)), values.slice(5, 7).sort());
      assert.equal(sortValues(values.subarray(0, 0)).length, 0);
    }
  }
});
