import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import { SharedLoad } from './shared-load.js';

/** A load whose every call is ended by hand. */
function byHand() {
  const calls: { resolve: (value: string) => void; reject: (error: Error) => void; signal: AbortSignal }[] =
    [];
  const shared = new SharedLoad(
    (signal) =>
      new Promise<string>((resolve, reject) => {
        calls.push({ resolve, reject, signal });
      }),
  );
  return { calls, shared };
}

test('all who ask share one load, and later ones what it gave', async () => {
  const { calls, shared } = byHand();
  const [first, second] = [shared.get(), shared.get()];
  calls[0]?.resolve('loaded');
  assert.deepEqual(await Promise.all([first, second]), ['loaded', 'loaded']);
  assert.equal(await shared.get(AbortSignal.abort()), 'loaded');
  assert.equal(calls.length, 1);
});

test('one who leaves does not reject the other, and the load goes on', async () => {
  const { calls, shared } = byHand();
  const impatient = new AbortController();
  const [leaving, staying] = [shared.get(impatient.signal), shared.get()];
  impatient.abort();
  await assert.rejects(leaving, (error) => isGeoCropError(error, 'aborted'));
  assert.equal(calls[0]?.signal.aborted, false);
  calls[0]?.resolve('loaded');
  assert.equal(await staying, 'loaded');
});

test('fails once, is aborted once, then succeeds: neither leaves a trace', async () => {
  const { calls, shared } = byHand();
  const failing = shared.get();
  calls[0]?.reject(new Error('disk on fire'));
  await assert.rejects(failing, /disk on fire/);

  const controller = new AbortController();
  const leaving = shared.get(controller.signal);
  controller.abort();
  await assert.rejects(leaving, (error) => isGeoCropError(error, 'aborted'));
  assert.equal(calls[1]?.signal.aborted, true, 'the last waiter left, so the work stops');

  const third = shared.get();
  calls[1]?.resolve('too late');
  calls[2]?.resolve('loaded');
  assert.equal(await third, 'loaded');
  assert.equal(await shared.get(), 'loaded');
});

test('mapBounded keeps the order, the bound, and stops at the first failure', async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapBounded([5, 1, 4, 2, 3], 2, async (value) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < value; turn++) await Promise.resolve();
    running--;
    return 2 * value;
  });
  assert.deepEqual(doubled, [10, 2, 8, 4, 6]);
  assert.equal(most, 2);
  const called: number[] = [];
  await assert.rejects(
    mapBounded([1, 2, 3, 4], 1, async (value) => {
      called.push(value);
      if (value === 2) throw new Error('two');
    }),
    /two/,
  );
  assert.deepEqual(called, [1, 2]);
});
