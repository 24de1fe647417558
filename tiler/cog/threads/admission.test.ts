import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoCropError, isGeoCropError } from '../../../engine/errors.js';
import { Admission } from './admission.js';

const patient = () => new AbortController().signal;
const never = () => () => undefined;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('admission', () => {
  it('lets in what fits, by places and by bytes, and the rest in the order of arrival', async () => {
    const admission = new Admission({ places: 3, bytes: 100, waiting: 10 });
    const order: string[] = [];
    const enter = (name: string, bytes: number) =>
      admission.enter(bytes, patient(), never).then((leave) => {
        order.push(name);
        return leave;
      });
    const first = await enter('first', 60);
    const large = enter('large', 90);
    const small = enter('small', 10);
    await settle();
    assert.deepEqual(order, ['first'], 'a small one does not pass a large one for ever');
    first();
    (await large)();
    (await small)();
    assert.deepEqual(order, ['first', 'large', 'small']);
  });

  it('lets the next in when somebody in front gives up', async () => {
    const admission = new Admission({ places: 2, bytes: 100, waiting: 10 });
    const leave = await admission.enter(60, patient(), never);
    const impatient = new AbortController();
    const large = admission.enter(90, impatient.signal, never);
    const small = admission.enter(10, patient(), never);
    impatient.abort();
    await assert.rejects(large, (error) => isGeoCropError(error, 'aborted'));
    (await small)();
    leave();
  });

  it('refuses at once when too many wait', async () => {
    const admission = new Admission({ places: 1, bytes: 100, waiting: 1 });
    const leave = await admission.enter(1, patient(), never);
    const waits = admission.enter(1, patient(), never);
    await assert.rejects(admission.enter(1, patient(), never), (error) =>
      isGeoCropError(error, 'queue-full'),
    );
    leave();
    (await waits)();
  });

  it('refuses whoever waits too long, and at its close', async () => {
    const admission = new Admission({ places: 1, bytes: 100, waiting: 5 });
    const leave = await admission.enter(1, patient(), never);
    let late: (error: GeoCropError) => void = () => undefined;
    let stopped = 0;
    const waits = admission.enter(1, patient(), (refuse) => {
      late = refuse;
      return () => (stopped += 1);
    });
    late(new GeoCropError('deadline', 'late'));
    await assert.rejects(waits, (error) => isGeoCropError(error, 'deadline'));
    assert.equal(stopped, 1);
    const closed = admission.enter(1, patient(), never);
    admission.close(new GeoCropError('shutting-down', 'stop'));
    await assert.rejects(closed, (error) => isGeoCropError(error, 'shutting-down'));
    leave();
    (await admission.enter(100, patient(), never))();
  });
});
