import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api.js';
import { countArea } from './statistics.js';
import type { AreaStatistics, Progress } from './statistics.js';

const MAP = { season: 'summer', year: 2024, model: 'Ensemble' };
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

test('what is there is said at once; then the server is asked to compute the rest', async () => {
  const { said, asked } = await run([answer(30), answer(12), answer(0)]);
  assert.deepEqual(
    asked.map((url) => new URLSearchParams(url.split('?')[1]).get('wait')),
    ['0', '20', '20'],
  );
  assert.deepEqual(
    said.map(({ state, statistics }) => [state, statistics?.completeness.notComputed.pixels]),
    [
      ['computing', 30],
      ['computing', 12],
      ['ended', 0],
    ],
  );
});

test('a busy server is asked again when it says; another problem ends it, and what was counted stays', async () => {
  const { said, pauses } = await run([answer(30), problem('queue-full', 7), problem('area-too-large')]);
  assert.deepEqual(pauses, [0, 7000]);
  const last = said.at(-1);
  assert.deepEqual(
    [last?.state, last?.problem?.code, last?.statistics?.completeness.notComputed.pixels],
    ['ended', 'area-too-large', 30],
  );
});

test('a server that computes nothing is not asked for ever', async () => {
  const { said } = await run([answer(30)]);
  assert.ok(said.length < 30);
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
