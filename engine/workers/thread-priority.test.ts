import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const module = new URL('./thread-priority.js', import.meta.url).href;

/** The priority of a thread that has lowered its own so often. */
async function loweredTo(times: number): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     void import('${module}').then(({ lowerThreadPriority }) => {
       for (let i = 0; i < ${times}; i += 1) lowerThreadPriority();
       parentPort.postMessage(require('node:os').getPriority());
     });`,
    { eval: true },
  );
  const [priority] = (await once(worker, 'message')) as [number];
  await worker.terminate();
  return priority;
}

test('a thread lowers its own priority, and no other’s', async () => {
  const before = getPriority();
  const expected =
    process.platform === 'linux' ? Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL) : before;
  assert.equal(await loweredTo(1), expected);
  assert.equal(await loweredTo(2), expected);
  assert.equal(await loweredTo(0), before);
  assert.equal(getPriority(), before);
});
