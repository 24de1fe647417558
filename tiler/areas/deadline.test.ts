import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { handClock, settle } from '../http/testing.js';
import { Deadline } from './deadline.js';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );

test('what takes too long is ended, and said to be too large', async () => {
  const clock = handClock();
  const deadline = new Deadline(clock, 50_000);
  const patient = new AbortController().signal;
  assert.equal(await deadline.within(patient, async () => 'in time'), 'in time');
  const late = deadline.within(patient, untilAborted);
  await settle();
  clock.advance(50_000);
  await assert.rejects(
    late,
    (error) => isGeoCropError(error, 'area-too-large') && /50 s/.test(error.message),
  );
});

test('who leaves is not told that anything is too large', async () => {
  const deadline = new Deadline(handClock(), 50_000);
  const leaving = new AbortController();
  const work = deadline.within(leaving.signal, untilAborted);
  leaving.abort(new DOMException('gone', 'AbortError'));
  await assert.rejects(work, { name: 'AbortError' });
});
