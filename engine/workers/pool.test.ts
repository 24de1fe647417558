import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleContents, memoryBundleFiles } from '../classes/fixtures/fixtures.js';
import { loadBundle } from '../classes/load-bundle.js';
import { isGeoCropError } from '../errors.js';
import { compileKernels } from '../kernels/load.js';
import { WorkerPool } from './pool.js';

test('a pool that is closed while its threads load a model ends, and the process lives', async () => {
  const bundle = await loadBundle(memoryBundleFiles(bundleContents('trees'), 'trees'));
  const kernels = await compileKernels();
  // A thread that is cut off in the middle of loading aborts the process.
  for (let round = 0; round < 8; round += 1) {
    const pool = new WorkerPool({ threads: 2, kernels });
    pool.setup('bundle', { digest: bundle.digest, data: bundle });
    // An answer says that the threads are up: the model is being loaded now.
    await Promise.all([smooth(pool), smooth(pool)]);
    await pool.close();
    const late = pool.run('bundle', { digest: bundle.digest, data: bundle });
    await assert.rejects(late, (error) => isGeoCropError(error, 'shutting-down'));
    await pool.close();
  }
});

function smooth(pool: WorkerPool): Promise<unknown> {
  const plane = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(1));
  return pool.run('smooth', {
    raw: plane(),
    percent: plane(),
    stride: 1,
    size: 1,
    rect: { x: 0, y: 0, width: 1, height: 1 },
    kernel: 0,
    halo: 0,
    classes: plane(),
    confidence: plane(),
    outX: 0,
    outY: 0,
    outStride: 1,
  });
}
