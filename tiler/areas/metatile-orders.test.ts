import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { handClock, settle } from '../http/testing.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { MetatileRequest } from '../tiles/metatile-desk.js';
import { MetatileOrders } from './metatile-orders.js';

const DEFINITION = { seasonKey: 'summer-2021', mapDigest: 'map' } as unknown as MapDefinition;
const requests = (...columns: number[]): MetatileRequest[] =>
  columns.map((x) => ({ definition: DEFINITION, metatile: { z: 12, x, y: 1 }, feature: null }));

/** A desk whose orders end by hand. */
function handDesk() {
  const open = new Map<
    number,
    { resolve: () => void; reject: (error: Error) => void; signal: AbortSignal }
  >();
  const asked: number[] = [];
  const order = (
    { metatile }: MetatileRequest,
    { signal }: { readonly signal?: AbortSignal },
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      assert.ok(signal !== undefined);
      asked.push(metatile.x);
      open.set(metatile.x, { resolve, reject, signal });
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  return { open, asked, desk: { order, ordersAtOnce: 2 } };
}

function stage() {
  const clock = handClock();
  const hand = handDesk();
  const orders = new MetatileOrders({ desk: hand.desk, clock, owner: 'areas' });
  const fulfil = (columns: number[], waitMs = 5000, signal = new AbortController().signal) =>
    orders.fulfil(requests(...columns), { waitMs, signal });
  return { clock, ...hand, fulfil };
}

describe('metatiles that are asked for again and again', () => {
  test('are ordered a few at a time, and all at the end', async () => {
    const { fulfil, open, asked } = stage();
    const done = fulfil([1, 2, 3]);
    await settle();
    assert.deepEqual(asked, [1, 2]);
    open.get(1)?.resolve();
    await settle();
    assert.deepEqual(asked, [1, 2, 3]);
    open.get(2)?.resolve();
    open.get(3)?.reject(new GeoCropError('no-scenes', 'Nothing there.'));
    await done;
  });

  test('go on when a request’s patience ends: the next finds them further along', async () => {
    const { clock, fulfil, open, asked } = stage();
    const first = fulfil([1, 2]);
    await settle();
    open.get(1)?.resolve();
    await settle();
    clock.advance(5000);
    await assert.rejects(
      first,
      (error) => isGeoCropError(error, 'not-ready') && /1 of the 2/.test(error.message),
    );
    const second = fulfil([2]);
    await settle();
    open.get(2)?.resolve();
    await second;
    assert.deepEqual(asked, [1, 2]);
  });

  test('are taken back when nobody asks any more', async () => {
    const { clock, fulfil, open, asked } = stage();
    const first = fulfil([1]);
    await settle();
    clock.advance(5000);
    await assert.rejects(first);
    clock.advance(110_000);
    assert.equal(open.get(1)?.signal.aborted, false);
    clock.advance(10_000);
    assert.equal(open.get(1)?.signal.aborted, true);
    // Who comes back after that gets an order of its own.
    const second = fulfil([1]);
    await settle();
    assert.deepEqual(asked, [1, 1]);
    open.get(1)?.resolve();
    await second;
  });

  test('fail for who asks, and are tried again for who asks again', async () => {
    const { fulfil, open, asked } = stage();
    const first = fulfil([1]);
    await settle();
    open.get(1)?.reject(new GeoCropError('source-unavailable', 'A scene could not be read.'));
    await assert.rejects(first, (error) => isGeoCropError(error, 'source-unavailable'));
    const second = fulfil([1]);
    await settle();
    open.get(1)?.resolve();
    await second;
    assert.deepEqual(asked, [1, 1]);
  });

  test('one who leaves is told so, and rejects nobody else', async () => {
    const { fulfil, open } = stage();
    const leaving = new AbortController();
    const one = fulfil([1], 5000, leaving.signal);
    const other = fulfil([1]);
    await settle();
    leaving.abort(new DOMException('gone', 'AbortError'));
    await assert.rejects(one, { name: 'AbortError' });
    open.get(1)?.resolve();
    await other;
  });
});
