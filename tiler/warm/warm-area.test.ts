import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoCropError, type ErrorCode } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { MetatileDesk } from '../tiles/metatile-desk.js';
import { GRACE_MS, warmArea, type WarmingOptions, type WarmingTally } from './warm-area.js';

const DEFINITION = { mapDigest: 'map' } as MapDefinition;
const row = (count: number): TileId[] => Array.from({ length: count }, (_, x) => ({ z: 12, x, y: 7 }));
const fault = (code: ErrorCode, message = `it is ${code}`): GeoCropError => new GeoCropError(code, message);

/** Time that a test moves: whoever waits for it is called, in order. */
class HandClock {
  #now = 0;
  #waiting: { readonly at: number; readonly call: () => void }[] = [];

  now = (): number => this.#now;
  after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.#now + ms, call };
    this.#waiting.push(timer);
    return () => (this.#waiting = this.#waiting.filter((other) => other !== timer));
  };

  get waiting(): readonly number[] {
    return this.#waiting.map(({ at }) => at - this.#now);
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#waiting.sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#waiting.shift();
      this.#now = next.at;
      next.call();
    }
    this.#now = end;
    await settled();
  }
}

/** Everything that can happen without time passing has happened: some promises deep. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Order = Parameters<MetatileDesk['order']>[1];

/** Orders as they came; what becomes of them is the test's to say. */
function fakeDesk(answer: (x: number, attempt: number, order: Order) => Promise<void> | void, atOnce = 1) {
  const orders: number[] = [];
  let underWay = 0;
  let most = 0;
  const desk: WarmingOptions['desk'] = {
    ordersAtOnce: atOnce,
    order: async ({ definition, metatile, feature }, order) => {
      assert.deepEqual([definition, feature, order.class], [DEFINITION, null, 'warming']);
      orders.push(metatile.x);
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      try {
        await answer(metatile.x, orders.filter((x) => x === metatile.x).length, order);
      } finally {
        underWay -= 1;
      }
    },
  };
  return { desk, orders, most: () => most };
}

function start(options: Partial<WarmingOptions> & Pick<WarmingOptions, 'desk'>) {
  const clock = new HandClock();
  const interrupt = new AbortController();
  const told: WarmingTally[] = [];
  const result = warmArea({
    definition: DEFINITION,
    metatiles: row(5),
    presence: async () => 'missing',
    signal: interrupt.signal,
    forMs: null,
    clock,
    onProgress: (tally) => told.push(tally),
    ...options,
  });
  return { clock, interrupt, told, result };
}

const until = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const leave = (): void => reject(fault('aborted'));
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave);
  });

describe('warming', () => {
  test('orders all in their order, as many at once as the desk says', async () => {
    for (const atOnce of [1, 3]) {
      const { desk, orders, most } = fakeDesk(() => undefined, atOnce);
      const { ended, made, left, failed } = await start({ desk }).result;
      assert.deepEqual({ ended, made, left, failed }, { ended: 'all-tried', made: 5, left: 0, failed: [] });
      assert.deepEqual(orders, [0, 1, 2, 3, 4]);
      assert.equal(most(), atOnce);
    }
  });

  test('skips what is there when its turn comes, and what has no scenes', async () => {
    const { desk, orders } = fakeDesk((x) => {
      if (x === 3) throw fault('no-scenes');
    });
    const presence: WarmingOptions['presence'] = async ({ x }) =>
      x === 0 ? 'there' : x === 1 ? 'empty' : 'missing';
    const { made, there, empty, failed } = await start({ desk, presence }).result;
    assert.deepEqual(orders, [2, 3, 4]);
    assert.deepEqual({ made, there, empty, failed }, { made: 2, there: 1, empty: 2, failed: [] });
  });

  test('tells how far it is after each', async () => {
    const { desk } = fakeDesk(() => undefined);
    const { told, result } = start({ desk });
    await result;
    assert.deepEqual(told.map(({ made, left }) => [made, left]), [[1, 4], [2, 3], [3, 2], [4, 1], [5, 0]]); // prettier-ignore
  });

  test('goes on after a failure, tries it once more at the end, and tells what failed and why', async () => {
    const { desk, orders } = fakeDesk((x, attempt) => {
      if (x === 1 && attempt === 1) throw fault('source-unavailable');
      if (x === 2) throw fault('memory-limit', `try ${attempt}`);
    });
    const { ended, made, failed, left } = await start({ desk }).result;
    assert.deepEqual(orders, [0, 1, 2, 3, 4, 1, 2]);
    assert.deepEqual({ ended, made, left }, { ended: 'all-tried', made: 4, left: 0 });
    assert.deepEqual(failed.map(({ metatile, error }) => [metatile.x, error.message]), [[2, 'try 2']]); // prettier-ignore
  });

  test('what cannot be looked up is a failure like others', async () => {
    const { desk, orders } = fakeDesk(() => undefined);
    const presence: WarmingOptions['presence'] = async ({ x }) => {
      if (x === 0) throw fault('stac-malformed');
      return 'missing';
    };
    const { failed } = await start({ desk, presence }).result;
    assert.deepEqual(orders, [1, 2, 3, 4]);
    assert.deepEqual(failed.map(({ error }) => error.code), ['stac-malformed']); // prettier-ignore
  });

  test('orders nothing more when its time is up, and lets what is under way finish', async () => {
    const finish: (() => void)[] = [];
    const { desk, orders } = fakeDesk(() => new Promise<void>((resolve) => finish.push(resolve)));
    const { clock, result } = start({ desk, forMs: 60_000 });
    await clock.pass(30_000);
    finish.shift()?.();
    await clock.pass(40_000);
    finish.shift()?.();
    const { ended, made, left, seconds } = await result;
    assert.deepEqual({ ended, made, left, seconds }, { ended: 'time-box', made: 2, left: 3, seconds: 70 });
    assert.deepEqual(orders, [0, 1]);
    assert.deepEqual(clock.waiting, []);
  });

  test('what is under way and does not end is taken back after a while', async () => {
    const { desk } = fakeDesk((_x, _attempt, { signal }) => until(signal));
    const { clock, result } = start({ desk, forMs: 60_000 });
    await clock.pass(60_000 + GRACE_MS);
    const { ended, made, left, failed } = await result;
    assert.deepEqual({ ended, made, left, failed }, { ended: 'time-box', made: 0, left: 5, failed: [] });
  });

  test('an interrupt ends it at once, with what was done; doing it again does the rest', async () => {
    const there = new Set<number>();
    const presence: WarmingOptions['presence'] = async ({ x }) => (there.has(x) ? 'there' : 'missing');
    const first = fakeDesk(async (x, _attempt, { signal }) => {
      if (x === 2) await until(signal);
      there.add(x);
    });
    const { clock, interrupt, result } = start({ desk: first.desk, presence });
    await clock.pass(0);
    while (first.orders.length < 3) await settled();
    interrupt.abort();
    const { ended, made, left } = await result;
    assert.deepEqual({ ended, made, left }, { ended: 'interrupted', made: 2, left: 3 });

    const second = fakeDesk((x) => void there.add(x));
    assert.equal((await start({ desk: second.desk, presence }).result).made, 3);
    assert.deepEqual(second.orders, [2, 3, 4]);
    const third = fakeDesk(() => undefined);
    assert.equal((await start({ desk: third.desk, presence }).result).there, 5);
    assert.deepEqual(third.orders, []);
  });

  test('while the catalogue is away it waits, each time longer, and goes on when it is back', async () => {
    let away = true;
    const { desk, orders } = fakeDesk(() => {
      if (away) throw fault('stac-unavailable');
    });
    const { clock, told, result } = start({ desk });
    await clock.pass(0);
    assert.deepEqual([orders, clock.waiting], [[0], [5_000]]);
    assert.equal(told.at(-1)?.waitingFor?.code, 'stac-unavailable');
    await clock.pass(5_000);
    assert.deepEqual([orders, clock.waiting], [[0, 1], [10_000]]);
    away = false;
    await clock.pass(10_000);
    const { made, failed } = await result;
    assert.deepEqual(orders, [0, 1, 2, 3, 4, 0, 1]);
    assert.deepEqual({ made, failed }, { made: 5, failed: [] });
  });

  test('gives up where it stays away, and does not take all that was ordered at once for so many failures', async () => {
    const { desk, orders } = fakeDesk(() => Promise.reject(fault('stac-unavailable')), 4);
    const { clock, result } = start({ desk, metatiles: row(200) });
    await clock.pass(3_600_000);
    assert.ok(orders.length >= 4 * 15);
    await clock.pass(3_600_000);
    const { ended, because, failed, left } = await result;
    assert.deepEqual([ended, because?.code], ['gave-up', 'stac-unavailable']);
    assert.equal(failed.length + left, 200);
    assert.ok(orders.length <= 4 * 20 && left > 0);
  });

  test('where people fill the queue it waits its turn, however long, and fails nothing', async () => {
    let full = true;
    const { desk } = fakeDesk(() => {
      if (full) throw fault('queue-full');
    });
    const { clock, told, result } = start({ desk });
    await clock.pass(4 * 3_600_000);
    assert.equal(told.at(-1)?.waitingFor?.code, 'queue-full');
    assert.deepEqual(told.at(-1)?.failed, []);
    full = false;
    await clock.pass(5_000);
    assert.equal((await result).made, 5);
  });

  test('with a full store it ends at once: nothing more could be kept', async () => {
    const { desk, orders } = fakeDesk(() => Promise.reject(fault('store-full')));
    const { ended, because, failed, left } = await start({ desk }).result;
    assert.deepEqual([ended, because?.code, failed.length, left], ['gave-up', 'store-full', 1, 4]);
    assert.deepEqual(orders, [0]);
  });
});
