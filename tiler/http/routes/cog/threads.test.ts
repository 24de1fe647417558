import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onAbort } from '../../../../engine/windows/on-abort.js';
import { abortedError } from '../../../../engine/windows/byte-source/slots.js';
import { CogFiles } from '../../../cog/address/cog-files.js';
import { parseAllowedPlaces } from '../../../cog/address/allowed-places.js';
import { cogService } from '../../../cog/cog-service.js';
import { CogThreads } from '../../../cog/threads/cog-threads.js';
import { cogTestServer } from '../../../e2e/titiler/cog-server.js';
import type { ReadableStore } from '../../../tiles/store-source.js';
import { handClock, settle, testApp, type HandClock } from '../../testing.js';
import { FILE, INSIDE, testStore } from './testing.js';

const ALLOW = 's3://geocrop-results/results';
const TIMEOUT_MS = 30_000;
const point = (url = FILE): string => `/cog/point/${INSIDE.lon},${INSIDE.lat}?url=${encodeURIComponent(url)}`;

interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** Lets time pass until the answer is there. */
async function inTime(clock: HandClock, answer: Promise<Response>): Promise<Response> {
  let there = false;
  void answer.finally(() => (there = true));
  while (!there) {
    clock.advance(1000);
    await settle();
  }
  return answer;
}

/** A store whose bytes come when they are let go, or never to who gives up. */
async function heldStore() {
  const store = await testStore();
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let under = 0;
  const readable: ReadableStore = {
    head: (...args) => store.head(...args),
    getRange: async (bucket, key, start, end, signal) => {
      under += 1;
      try {
        await Promise.race([
          held,
          new Promise<never>((_resolve, reject) => {
            if (signal?.aborted === true) reject(abortedError(signal));
            onAbort(signal, () => reject(abortedError(signal)));
          }),
        ]);
        return await store.getRange(bucket, key, start, end, signal);
      } finally {
        under -= 1;
      }
    },
  };
  return { store: readable, letGo: () => letGo(), under: () => under };
}

describe('the COG service where work does not end well', () => {
  it('is 504 at the deadline, with nothing under way afterwards, and answers again', async () => {
    const { store, letGo, under } = await heldStore();
    const clock = handClock();
    const server = cogTestServer(ALLOW, store, { clock, threads: 1, timeoutMs: TIMEOUT_MS });
    try {
      const answer = server.get(point());
      while (under() === 0) await settle();
      clock.advance(TIMEOUT_MS);
      const response = await answer;
      assert.equal(response.status, 504);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const { code, detail } = (await response.json()) as Problem;
      assert.equal(code, 'deadline');
      assert.match(detail, /30 s/);
      assert.equal(under(), 0);
      letGo();
      assert.equal((await server.get(point())).status, 200);
    } finally {
      await server.close();
    }
  });

  it('is 503 at once with Retry-After where too many wait; those who wait are answered', async () => {
    const { store, letGo } = await heldStore();
    const server = cogTestServer(ALLOW, store, { threads: 1 });
    try {
      // Four in the thread, sixteen for each that wait.
      const all = Array.from({ length: 4 + 4 * 16 + 1 }, () => server.get(point()));
      const refused = await Promise.race(all);
      assert.equal(refused.status, 503);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.equal(((await refused.clone().json()) as Problem).code, 'queue-full');
      letGo();
      const statuses = (await Promise.all(all)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, all.length - 1);
    } finally {
      await server.close();
    }
  });

  it('outlives threads that die, and those that a file keeps busy for ever', async () => {
    const clock = handClock();
    const head: ReadableStore['head'] = async () => ({ size: 1, modified: new Date(0) });
    const files = new CogFiles({
      store: { head, getRange: async () => new Uint8Array(10) },
      places: parseAllowedPlaces(ALLOW),
      bucketPrefix: '',
      http: { privateHosts: [], timeoutMs: TIMEOUT_MS, maxInFlight: 1 },
      now: () => clock.now(),
    });
    const threads = new CogThreads({
      source: files.source,
      threads: 1,
      memoryBytes: 64 * 2 ** 20,
      timeoutMs: TIMEOUT_MS,
      data: { blockBytes: 2 ** 20, decodedBytes: 2 ** 20, headerBytes: 2 ** 20 },
      clock,
      entry: new URL('../../../cog/threads/testing-thread.js', import.meta.url),
    });
    const cog = cogService(files, threads);
    const server = testApp({}, { cog });
    const file = (name: string): string => point(`s3://geocrop-results/results/${name}.tif`);
    try {
      const dead = await server.get(file('dies'));
      assert.equal(dead.status, 500);
      const { code, detail } = (await dead.json()) as Problem;
      assert.equal(code, 'internal');
      assert.doesNotMatch(detail, /thread|dies/, 'what happened inside is nobody’s business');
      assert.equal((await server.get(file('answers'))).status, 200);
      const busy = await inTime(clock, server.get(file('spins')));
      assert.deepEqual([busy.status, ((await busy.json()) as Problem).code], [504, 'deadline']);
      assert.equal((await server.get(file('answers'))).status, 200);
    } finally {
      await cog.close();
    }
  });
});
