import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settleAll } from './settle-all.js';

test('a failure is told once everything has ended', async () => {
  let end: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (end = resolve));
  let told = false;
  const all = settleAll([Promise.reject(new Error('first')), slow]).finally(() => (told = true));
  all.catch(() => undefined);
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
  assert.equal(told, false);
  end();
  await assert.rejects(all, /first/);
  assert.deepEqual(await settleAll([Promise.resolve(1), Promise.resolve(2)]), [1, 2]);
});
