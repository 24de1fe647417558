import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { compileKernels, createKernelMemory, STATIC_BYTES } from '../kernels/load.js';
import { Arena } from '../metatile/arena.js';
import { WorkerPool } from './pool.js';
import type { TaskInput } from './tasks.js';

const code =
  (expected: string) =>
  (error: unknown): boolean =>
    isGeoCropError(error) && error.code === expected;

describe('a pool of one thread', () => {
  let pool: WorkerPool;
  let arena: Arena;
  /** Projects one pixel: the cheapest task that answers something. */
  const project = (): TaskInput<'project'> => ({
    arena: { id: 1, memory: arena.memory, scratch: [{ start: arena.take(64), bytes: 64 }] },
    target: { kind: 'list', px: Int32Array.of(2_446_336), py: Int32Array.of(2_308_096) },
    epsg: 32736,
    easting: arena.take(8),
    northing: arena.take(8),
  });

  beforeEach(async () => {
    pool = new WorkerPool({ threads: 1, kernels: await compileKernels() });
    arena = new Arena(1, createKernelMemory(STATIC_BYTES), STATIC_BYTES, 2 ** 24);
  });
  afterEach(() => pool.close());

  test('a task that fails is told as what it was, and the next one works', async () => {
    const failing = pool.run('project', { ...project(), epsg: 27_700 });
    const good = pool.run('project', project());
    await assert.rejects(failing, code('unsupported-crs'));
    const { minE, maxE } = await good;
    assert.ok(minE === maxE && minE > 100_000 && minE < 900_000);
  });

  test('what cannot be sent to a thread fails by itself', async () => {
    const bad = { ...project(), epsg: (() => 0) as unknown as number };
    const failing = pool.run('project', bad);
    const good = pool.run('project', project());
    await assert.rejects(failing, { name: 'DataCloneError' });
    await good;
  });

  test('closing turns away what waits, and what comes after', async () => {
    const outcomes = Promise.allSettled([pool.run('project', project()), pool.run('project', project())]);
    await pool.close();
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected' && code('shutting-down')(outcome.reason));
    }
    await assert.rejects(pool.run('project', project()), code('shutting-down'));
  });
});

/** Echoes the task's name; dies of "smooth". */
const MORTAL = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const seen = [];
    parentPort.on('message', (message) => {
      if (message === null || typeof message !== 'object') process.exit(0);
      seen.push(message.name);
      if (message.name === 'smooth') process.exit(1);
      if (message.id !== 0) parentPort.postMessage({ id: message.id, output: [...seen] });
    });`)}`,
);

test('a thread that dies fails its task only; its successor is set up as it was, and does what waits in order', async () => {
  const pool = new WorkerPool({ threads: 1, kernels: await compileKernels(), entry: MORTAL });
  const run = (name: 'smooth' | 'mask' | 'step'): Promise<unknown> => pool.run(name, null as never);
  try {
    pool.setup('bundle', null as never);
    const outcomes = await Promise.allSettled([run('mask'), run('smooth'), run('step'), run('mask')]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'lost')),
      [['bundle', 'mask'], 'lost', ['bundle', 'step'], ['bundle', 'step', 'mask']],
    );
  } finally {
    await pool.close();
  }
});

test('threads that cannot start fail each task once, and are not started over and over', async () => {
  const entry = new URL('data:text/javascript,throw new Error("no")');
  const pool = new WorkerPool({ threads: 2, kernels: await compileKernels(), entry });
  const lost = await Promise.allSettled([1, 2, 3].map(() => pool.run('mask', null as never)));
  for (const outcome of lost) assert.ok(outcome.status === 'rejected' && code('internal')(outcome.reason));
  await pool.close();
});

test('threads of a lazy pool start one by one, as tasks need them, and know what was set up before', async () => {
  const started = new SharedArrayBuffer(4);
  const entry = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from 'node:worker_threads';
      Atomics.add(new Int32Array(workerData.kernels), 0, 1);
      const seen = [];
      parentPort.on('message', (message) => {
        if (message === null || typeof message !== 'object') process.exit(0);
        seen.push(message.name);
        if (message.id !== 0) parentPort.postMessage({ id: message.id, output: [...seen] });
      });`)}`,
  );
  const count = (): number => new Int32Array(started)[0] ?? 0;
  const pool = new WorkerPool({ threads: 2, kernels: started, entry, lazy: true });
  try {
    pool.setup('bundle', null as never);
    assert.deepEqual(await pool.run('mask', null as never), ['bundle', 'mask']);
    assert.equal(count(), 1);
    assert.deepEqual(
      await Promise.all((['step', 'step'] as const).map((name) => pool.run(name, null as never))),
      [
        ['bundle', 'mask', 'step'],
        ['bundle', 'step'],
      ],
    );
    assert.equal(count(), 2);
  } finally {
    await pool.close();
  }
});
