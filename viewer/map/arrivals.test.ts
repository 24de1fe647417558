import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Arrivals } from './arrivals.js';

/** Frames begin when the test says so; what is waited for is written down. */
function handClock() {
  const frames: ((now: number) => void)[] = [];
  const waits: { ms: number; end: () => void }[] = [];
  let now = 0;
  return {
    frames,
    waits,
    frame: () => new Promise<number>((resolve) => frames.push(resolve)),
    wait: (ms: number) => new Promise<void>((end) => waits.push({ ms, end })),
    /** A frame begins, so long after the one before. */
    async next(ms: number): Promise<void> {
      now += ms;
      for (const begin of frames.splice(0)) begin(now);
      await setImmediate();
    },
  };
}

void describe('arrivals', () => {
  const arriving = (arrivals: Arrivals) => {
    const here: number[] = [];
    return {
      here,
      come: async (...ids: number[]): Promise<void> => {
        for (const id of ids) void arrivals.join(Promise.resolve(id)).then((came) => here.push(came));
        await setImmediate();
      },
    };
  };

  test('what came by the next frame is handed on then, in its order', async () => {
    const clock = handClock();
    const { here, come } = arriving(new Arrivals(clock));
    await come(1, 2, 3);
    assert.deepEqual(here, []);
    await clock.next(16);
    assert.deepEqual(here, [1, 2, 3]);
  });

  test('where frames are drawn fast, what comes meanwhile waits for two of them', async () => {
    const clock = handClock();
    const { here, come } = arriving(new Arrivals(clock));
    await come(1);
    await clock.next(16);
    await come(2);
    await clock.next(16);
    assert.deepEqual(here, [1]);
    await clock.next(16);
    assert.deepEqual(here, [1, 2]);
    assert.deepEqual(clock.waits, []);
  });

  test('where they are slow, it waits twice as long as they took', async () => {
    const clock = handClock();
    const { here, come } = arriving(new Arrivals(clock));
    await come(1);
    await clock.next(16);
    await clock.next(100);
    await clock.next(100);
    await come(2, 3);
    assert.deepEqual(
      clock.waits.map(({ ms }) => ms),
      [2 * (200 - 34)],
    );
    clock.waits[0]?.end();
    await setImmediate();
    assert.deepEqual(here, [1]);
    await clock.next(16);
    assert.deepEqual(here, [1, 2, 3]);
  });

  test('a frame that takes very long makes nobody wait long: a page behind others draws none', async () => {
    const clock = handClock();
    const { come } = arriving(new Arrivals(clock));
    await come(1);
    for (const ms of [16, 16, 1e6]) await clock.next(ms);
    assert.deepEqual(
      clock.waits.map(({ ms }) => ms),
      [600],
    );
  });

  test('after a while without any, the next is handed on with the next frame', async () => {
    const clock = handClock();
    const { here, come } = arriving(new Arrivals(clock));
    await come(1);
    for (const ms of [16, 16, 16]) await clock.next(ms);
    assert.equal(clock.frames.length, 0, 'it asks for no frames while nothing comes');
    await come(2);
    await clock.next(16);
    assert.deepEqual(here, [1, 2]);
  });

  test('what fails, fails at once', async () => {
    const failing = new Arrivals(handClock()).join(Promise.reject(new Error('gone')));
    await assert.rejects(failing, /gone/);
  });
});
