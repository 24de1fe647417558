import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoCropError, isGeoCropError, type ErrorCode } from '../../../engine/errors.js';
import type { ByteSource } from '../../../engine/windows/byte-source.js';
import { systemClock } from '../../http/clock.js';
import type { CogJob } from '../jobs/job.js';
import { CogThreads, type CogThreadsOptions } from './cog-threads.js';

const INFO: CogJob = { kind: 'info' };
const refused = (code: ErrorCode) => (error: unknown) => isGeoCropError(error, code);
const patient = () => new AbortController().signal;

const source: ByteSource = {
  read: async (href, start, end) => {
    if (href === 'missing') throw new GeoCropError('source-missing', 'not there');
    return new Uint8Array(end - start);
  },
};

async function threads(use: (pool: CogThreads) => Promise<void>, options: Partial<CogThreadsOptions> = {}) {
  const pool = new CogThreads({
    source,
    threads: 1,
    memoryBytes: 64 * 2 ** 20,
    timeoutMs: 60_000,
    data: { blockBytes: 2 ** 20, decodedBytes: 2 ** 20, headerBytes: 2 ** 20 },
    clock: systemClock,
    entry: new URL('./testing-thread.js', import.meta.url),
    ...options,
  });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

describe('threads of the COG service', () => {
  it('answer, and read through whoever started them', () =>
    threads(async (pool) => {
      assert.equal((await pool.run('answers', INFO, patient())).kind, 'json');
      assert.deepEqual(await pool.run('a file', INFO, patient()), { kind: 'json', value: 10 });
      await assert.rejects(pool.run('missing', INFO, patient()), refused('source-missing'));
    }));

  it('give a job up when nobody waits for it any more', () =>
    threads(async (pool) => {
      const patience = new AbortController();
      const job = pool.run('waits', INFO, patience.signal);
      await pool.run('answers', INFO, patient());
      patience.abort();
      await assert.rejects(job, refused('aborted'));
      await pool.run('answers', INFO, patient());
    }));

  it('give a job up at its deadline', () =>
    threads(async (pool) => assert.rejects(pool.run('waits', INFO, patient()), refused('deadline')), {
      timeoutMs: 200,
    }));

  it('are ended where a file keeps them busy for ever, and replaced', () =>
    threads(
      async (pool) => {
        await assert.rejects(pool.run('spins', INFO, patient()), refused('deadline'));
        await pool.run('answers', INFO, patient());
      },
      { timeoutMs: 500 },
    ));

  it('are ended where nobody waits for what keeps them busy; others who were there are answered elsewhere', () =>
    threads(async (pool) => {
      const patience = new AbortController();
      const spins = pool.run('spins', INFO, patience.signal);
      const behind = pool.run('answers', INFO, patient());
      patience.abort();
      await assert.rejects(spins, refused('aborted'));
      assert.equal((await behind).kind, 'json');
    }));

  it('that die or take too much memory fail their jobs, and are replaced', () =>
    threads(async (pool) => {
      await assert.rejects(pool.run('dies', INFO, patient()), refused('internal'));
      await assert.rejects(pool.run('grows', INFO, patient()), refused('memory-limit'));
      await pool.run('answers', INFO, patient());
    }));

  it('give a job as many values as it turns out to need, up to the limit', () =>
    threads(async (pool) => {
      const answer = await pool.run('large', INFO, patient());
      assert.deepEqual(answer, { kind: 'json', value: 1_000_000 });
    }));

  it('refuse what is larger than all that they may take', () =>
    threads(async (pool) => assert.rejects(pool.run('large', INFO, patient()), refused('area-too-large')), {
      memoryBytes: 16 * 2 ** 20,
    }));

  it('refuse everything once they are closed', async () => {
    let closed: CogThreads | undefined;
    await threads(async (pool) => {
      closed = pool;
    });
    await assert.rejects(async () => closed?.run('answers', INFO, patient()), refused('shutting-down'));
  });
});
