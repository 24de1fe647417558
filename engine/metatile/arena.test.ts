import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { createKernelMemory, STATIC_BYTES } from '../kernels/load.js';
import { Arena } from './arena.js';

const LIMIT = STATIC_BYTES + 2 ** 20;
const arena = (): Arena => new Arena(1, createKernelMemory(STATIC_BYTES), STATIC_BYTES, LIMIT);

test('pieces are aligned to 64 bytes, do not overlap, and lie inside the memory', () => {
  const memory = arena();
  let end = STATIC_BYTES;
  for (const bytes of [1, 63, 64, 65, 0, 4096, 70_000]) {
    const start = memory.take(bytes);
    assert.equal(start % 64, 0);
    assert.ok(start >= end, `${start} begins before ${end}`);
    end = start + bytes;
    assert.ok(end <= memory.memory.buffer.byteLength);
  }
});

test('more than the limit is a typed error that takes nothing, and after a reset all of it is free again', () => {
  const memory = arena();
  const first = memory.take(1000);
  const before = memory.memory.buffer.byteLength;
  assert.throws(
    () => memory.take(2 ** 20),
    (error) => isGeoCropError(error, 'memory-limit') && error.hint !== undefined,
  );
  assert.equal(memory.memory.buffer.byteLength, before);
  assert.ok(memory.take(1000) > first, 'a smaller piece still fits');
  memory.reset();
  assert.equal(memory.take(2 ** 20 - 64), first);
});
