import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api.js';
import { countArea } from './statistics.js';
import type { AreaStatistics, Progress } from './statistics.js';

const MAP = 'season=summer&year=2024&model=Ensemble';
const AREA = { type: 'Polygon', coordinates: [] } as const;
const answer = (missing: number): AreaStatistics =>
  ({ completeness: { complete: missing === 0, notComputed: { pixels: missing } } }) as AreaStatistics;
const problem = (code: string, retryAfter: number | null = null): ApiError =>
  new ApiError({ code, detail: code, hint: null, status: 503, retryAfter });

/** Runs over a list of answers; gives what was said, what was asked, and the pauses. */
async function run(answers: readonly (AreaStatistics | ApiError)[]) {
  const left = [...answers];
  const said: Progress[] = [];
  const asked: string[] = [];
  const pauses: number[] = [];
  await countArea(
    MAP,
    AREA as never,
    (progress) => said.push(progress),
    new AbortController().signal,
    async (ms) => void pauses.push(ms),
    (async (url: string) => {
      asked.push(url);
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof ApiError) throw next;
      return next;
    }) as never,
  );
  return { said, asked, pauses };
}

const waits = (asked: readonly string[]) =>
  asked.map((url) => new URLSearchParams(url.split('?')[1]).get('wait'));

test('what is there is said at once; then the rest is asked for, and what has come counted again', async () => {
  const { said, asked, pauses } = await run([answer(30), problem('not-ready', 4), answer(12), answer(0)]);
  assert.deepEqual(waits(asked), [null, '20', null, '20']);
  assert.deepEqual(pauses, [4000]);
  assert.deepEqual(
    said.map(({ state, statistics }) => [state, statistics?.completeness.notComputed.pixels]),
    [
      ['computing', 30],
      ['computing', 30],
      ['computing', 12],
      ['ended', 0],
    ],
  );
});

test('a complete area is asked for once', async () => {
  const { asked } = await run([answer(0)]);
  assert.deepEqual(waits(asked), [null]);
});

test('a problem that does not go by ends it, and what was counted stays', async () => {
  const { said } = await run([answer(30), problem('not-computed')]);
  const last = said.at(-1);
  assert.deepEqual(
    [last?.state, last?.problem?.code, last?.statistics?.completeness.notComputed.pixels],
    ['ended', 'not-computed', 30],
  );
});

test('a server that computes nothing is not asked for ever', async () => {
  const { said } = await run([answer(30)]);
  assert.ok(said.length < 100);
  assert.equal(said.at(-1)?.state, 'ended');
});

test('nobody is told anything after the person left', async () => {
  const leave = new AbortController();
  let told = 0;
  await countArea(
    MAP,
    AREA as never,
    () => {
      told += 1;
      leave.abort();
    },
    leave.signal,
    () => Promise.resolve(),
    (() => Promise.resolve(answer(5))) as never,
  );
  assert.equal(told, 1);
});
