import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoCropError, isGeoCropError, type ErrorCode } from '../../engine/errors.js';
import { abortedError } from '../../engine/windows/byte-source/slots.js';
import type { ByteSource } from '../../engine/windows/byte-source.js';
import { onAbort } from '../../engine/windows/on-abort.js';
import { systemClock } from '../http/clock.js';
import { testCog } from '../http/routes/cog/testing.js';
import type { CogJob } from './jobs/job.js';
import { CogThreads } from './threads/cog-threads.js';

const refused =
  (...codes: ErrorCode[]) =>
  (error: unknown): boolean =>
    isGeoCropError(error, ...codes);
const patient = () => new AbortController().signal;
const HREF = 'store://geocrop-results/results/a.tif?1';
const PREVIEW: CogJob = {
  kind: 'preview',
  size: { maxSize: 64 },
  read: {},
  render: { returnMask: true, format: null },
};

async function threads(
  source: ByteSource,
  use: (pool: CogThreads) => Promise<void>,
  timeoutMs = 60_000,
): Promise<void> {
  const pool = new CogThreads({
    source,
    threads: 1,
    memoryBytes: 128 * 2 ** 20,
    timeoutMs,
    data: { blockBytes: 2 ** 20, decodedBytes: 4 * 2 ** 20, headerBytes: 2 ** 20 },
    clock: systemClock,
  });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    onAbort(signal, () => reject(abortedError(signal)));
  });
}

describe('a hostile file', () => {
  it('that never answers costs its deadline, and nothing of it is under way afterwards', async () => {
    let under = 0;
    const source: ByteSource = {
      read: async (_href, _start, _end, signal) => {
        under += 1;
        try {
          return await never(signal);
        } finally {
          under -= 1;
        }
      },
    };
    await threads(
      source,
      async (pool) => {
        await assert.rejects(pool.run(HREF, PREVIEW, patient()), refused('deadline'));
        assert.equal(under, 0);
      },
      300,
    );
  });

  it('that answers a header and then nothing is let go when the client leaves', async () => {
    const bytes = await testCog();
    let asked = 0;
    let left = 0;
    let waiting: () => void = () => undefined;
    const isWaiting = new Promise<void>((resolve) => (waiting = resolve));
    const source: ByteSource = {
      read: async (_href, start, end, signal) => {
        asked += 1;
        if (asked === 1) return bytes.slice(start, Math.min(end, 16_384));
        onAbort(signal, () => (left += 1));
        waiting();
        return never(signal);
      },
    };
    await threads(source, async (pool) => {
      const client = new AbortController();
      const job = pool.run(HREF, PREVIEW, client.signal);
      await isWaiting;
      client.abort();
      await assert.rejects(job, refused('aborted'));
      assert.ok(left > 0);
    });
  });

  it('that has other bytes at each look is an error, whatever they are', async () => {
    const whole = await testCog();
    for (const [seed, damage] of [
      (at: number) => at * 7,
      (at: number) => (at % 97 === 0 ? 255 : -1),
      (at: number) => (at % 13 === 0 ? 0 : -1),
    ].entries()) {
      const source: ByteSource = {
        read: async (_href, start, end) =>
          whole.slice(start, end).map((byte, at) => {
            const lie = damage(start + at + seed);
            return start + at < 8 || lie < 0 ? byte : lie & 255;
          }),
      };
      await threads(source, (pool) =>
        assert.rejects(
          pool.run(HREF, PREVIEW, patient()),
          refused(
            'cog-malformed',
            'cog-unsupported',
            'block-corrupt',
            'unsupported-crs',
            'area-too-large',
            'bad-request',
          ),
        ),
      );
    }
  });

  it('that claims to be larger than the world is refused before memory is taken for it', async () => {
    const bytes = (await testCog()).slice();
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(4, true);
    for (let entry = 0; entry < view.getUint16(directory, true); entry += 1) {
      const at = directory + 2 + 12 * entry;
      const tag = view.getUint16(at, true);
      // ImageWidth and ImageLength.
      if (tag === 256 || tag === 257) {
        view.setUint16(at + 2, 4, true);
        view.setUint32(at + 8, 2_000_000_000, true);
      }
    }
    const source: ByteSource = { read: async (_href, start, end) => bytes.slice(start, end) };
    await threads(source, (pool) =>
      assert.rejects(
        pool.run(HREF, PREVIEW, patient()),
        refused('cog-malformed', 'cog-unsupported', 'area-too-large'),
      ),
    );
  });

  it('that says it is all of its own kind of error is that error', async () => {
    const source: ByteSource = {
      read: async () => {
        throw new GeoCropError('source-forbidden', 'no');
      },
    };
    await threads(source, (pool) =>
      assert.rejects(pool.run(HREF, PREVIEW, patient()), refused('source-forbidden')),
    );
  });
});
