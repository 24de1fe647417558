import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../engine/errors.js';

/** For tests only: asks until it is so. What it throws counts as not yet. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  let last = '';
  while (Date.now() < end) {
    try {
      if (await isSo()) return;
      last = '';
    } catch (error) {
      last = ` (${messageOf(error)})`;
    }
    await sleep(20);
  }
  assert.fail(`not within ${limitMs} ms: ${what}${last}`);
}
