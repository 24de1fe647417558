import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobIdOf, keyOfJob } from './job-id.js';

test('job ids: BullMQ takes them, no two keys share one, and the key can be read back', () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));
  const keys = ['0', '17', 'a:b', 'a~3ab', 'a~b', '12/2353/2257/Ensemble-summer_2021.v1', '', ...printable];
  const ids = keys.map(jobIdOf);
  for (const id of ids) assert.match(id, /^w-[^:]*$/);
  assert.equal(new Set(ids).size, new Set(keys).size);
  assert.deepEqual(ids.map(keyOfJob), keys);
  assert.throws(() => jobIdOf('Gweru é'), RangeError);
});
