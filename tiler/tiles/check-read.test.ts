import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { checkRead } from './check-read.js';

test('a scene that could not be checked, or read, is an error that names it', () => {
  checkRead({}, [], '');
  const unchecked = [{ id: 'S2_A', code: 'source-missing', reason: 'gone' }] as const;
  assert.throws(
    () => checkRead({ unchecked }, [], 'Later.'),
    (error) => isGeoCropError(error, 'source-missing') && /S2_A/.test(error.message),
  );
  const error = new GeoCropError('block-corrupt', 'bad');
  assert.throws(
    () => checkRead({}, [{ date: '2021-10-01', scene: 'S2_B', asset: 'red', error }], 'Later.'),
    (thrown) => isGeoCropError(thrown, 'block-corrupt') && /S2_B, red: bad/.test(thrown.message),
  );
});
