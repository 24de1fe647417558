import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { settle } from '../http/testing.js';
import { Gate } from './gate.js';

/** Work that ends by hand. */
function held(): { work: () => Promise<string>; begun: () => boolean; end: () => void } {
  let begun = false;
  let end = (): void => undefined;
  const done = new Promise<string>((resolve) => (end = () => resolve('done')));
  return {
    work: () => {
      begun = true;
      return done;
    },
    begun: () => begun,
    end,
  };
}

const PATIENT = new AbortController().signal;

describe('a gate', () => {
  test('lets some in, has some wait in turn, and refuses the rest', async () => {
    const gate = new Gate(1, 1);
    const [first, second] = [held(), held()];
    const one = gate.run(PATIENT, first.work);
    const two = gate.run(PATIENT, second.work);
    await assert.rejects(gate.run(PATIENT, held().work), (error) => isGeoCropError(error, 'queue-full'));
    await settle();
    assert.deepEqual([first.begun(), second.begun()], [true, false]);
    first.end();
    assert.equal(await one, 'done');
    await settle();
    assert.equal(second.begun(), true);
    second.end();
    await two;
    assert.equal(await gate.run(PATIENT, async () => 'again'), 'again');
  });

  test('forgets who leaves, and opens after a failure', async () => {
    const gate = new Gate(1, 1);
    const first = held();
    const one = gate.run(PATIENT, first.work);
    const leaving = new AbortController();
    const two = gate.run(leaving.signal, held().work);
    leaving.abort(new DOMException('gone', 'AbortError'));
    await assert.rejects(two, { name: 'AbortError' });
    const three = gate.run(PATIENT, async () => Promise.reject(new RangeError('broken')));
    first.end();
    await one;
    await assert.rejects(three, RangeError);
    assert.equal(await gate.run(PATIENT, async () => 'open'), 'open');
  });
});
