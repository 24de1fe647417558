import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { SharedWork } from './shared-work.js';

/** Work whose end is in the test's hands. */
function held(): { start: (signal: AbortSignal) => Promise<number>; runs: Run[] } {
  const runs: Run[] = [];
  return {
    runs,
    start: (signal) =>
      new Promise((resolve, reject) => {
        runs.push({ signal, resolve, reject });
      }),
  };
}
interface Run {
  readonly signal: AbortSignal;
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
}

const aborted = (error: unknown): boolean => isGeoCropError(error, 'aborted');

test('who asks at the same time shares one run, who asks later starts another', async () => {
  const shared = new SharedWork<number>();
  const { start, runs } = held();
  const both = Promise.all([shared.run('a', undefined, start), shared.run('a', undefined, start)]);
  const other = shared.run('b', undefined, start);
  assert.equal(runs.length, 2);
  runs[0]?.resolve(1);
  runs[1]?.resolve(2);
  assert.deepEqual(await both, [1, 1]);
  assert.equal(await other, 2);
  const again = shared.run('a', undefined, start);
  runs[2]?.resolve(3);
  assert.equal(await again, 3);
});

test('one who gives up does not disturb the others; the last who leaves stops the work', async () => {
  const shared = new SharedWork<number>();
  const { start, runs } = held();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = shared.run('a', first.signal, start);
  const two = shared.run('a', second.signal, start);
  first.abort();
  await assert.rejects(one, aborted);
  assert.equal(runs[0]?.signal.aborted, false);
  second.abort();
  await assert.rejects(two, aborted);
  assert.equal(runs[0]?.signal.aborted, true);
  // The stopped run is not joined by who comes after, even before it has ended.
  const three = shared.run('a', undefined, start);
  assert.equal(runs.length, 2);
  runs[0]?.reject(new Error('stopped'));
  runs[1]?.resolve(5);
  assert.equal(await three, 5);
});

test('a failure goes to all who wait and leaves no trace', async () => {
  const shared = new SharedWork<number>();
  const { start, runs } = held();
  const signal = new AbortController().signal;
  const both = [shared.run('a', signal, start), shared.run('a', undefined, start)];
  runs[0]?.reject(new Error('no'));
  for (const one of both) await assert.rejects(one, /no/);
  const again = shared.run('a', signal, start);
  runs[1]?.resolve(1);
  assert.equal(await again, 1);
});

test('who has given up before asking starts nothing', async () => {
  const { start, runs } = held();
  await assert.rejects(new SharedWork<number>().run('a', AbortSignal.abort(), start), aborted);
  assert.equal(runs.length, 0);
});
