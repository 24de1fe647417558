import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { compileKernels, createKernelMemory, instantiateKernels } from './load.js';

test('instantiating writes nothing: the module holds no data and runs nothing at its start', async () => {
  const memory = createKernelMemory(3 * 65536);
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  instantiateKernels(await compileKernels(), memory);
  assert.ok(bytes.every((value) => value === 0xa5));
});

/** Section ids of the binary format (https://www.w3.org/TR/wasm-core-2/#modules), each with its content's length. */
function sectionsOf(module: Uint8Array): number[] {
  const ids = [];
  for (let at = 8; at < module.length;) {
    ids.push(module[at]!);
    let length = 0;
    let shift = 0;
    let byte;
    do {
      at += 1;
      byte = module[at]!;
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte >= 128);
    at += 1 + length;
  }
  return ids;
}

test('the module has neither globals nor a start function nor data segments, and imports its memory only', async () => {
  const sections = sectionsOf(await readFile(new URL('./kernels.wasm', import.meta.url)));
  const [global, start, data] = [6, 8, 11];
  assert.ok(sections.includes(10), 'code');
  for (const id of [global, start, data]) assert.ok(!sections.includes(id), `section ${id}`);
  const imports = WebAssembly.Module.imports(await compileKernels());
  assert.deepEqual(imports, [{ module: 'env', name: 'memory', kind: 'memory' }]);
});

test('a memory is shared, holds at least what is asked, and grows up to its limit', async () => {
  const memory = createKernelMemory(65537, 4 * 65536);
  assert.ok(memory.buffer instanceof SharedArrayBuffer);
  assert.equal(memory.buffer.byteLength, 2 * 65536);
  instantiateKernels(await compileKernels(), memory);
  memory.grow(2);
  assert.equal(memory.buffer.byteLength, 4 * 65536);
  assert.throws(() => memory.grow(1), RangeError);
});
