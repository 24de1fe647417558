import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import { eventually } from './eventually.js';
import { GiveBack } from './give-back.js';
import { ATTEMPTS, type WorkContext, type WorkEnd, type WorkQueue } from './work-queue.js';
import type { Work, WorkClass } from './work.js';

export interface ConformanceOptions {
  readonly limit: number;
  readonly backoffMs: readonly number[];
}

export interface OpenedQueue {
  readonly queue: WorkQueue;
  /** Takes away what it needed; the queue is closed by then. */
  readonly close: () => Promise<void>;
}

const MAP = { model: 'Ensemble', season: 'summer', year: 2021 };

export function metatileWork(key: string, workClass: WorkClass = 'waited'): Work<'metatile'> {
  const payload = { map: MAP, metatile: { z: 12, x: 2353, y: 2257 }, feature: null };
  return { kind: 'metatile', key, payload, class: workClass, owner: 'public' };
}

export function pointWork(key: string): Work<'point'> {
  return { kind: 'point', key, payload: { map: MAP, lon: 31.05, lat: -17.83 }, class: 'waited', owner: 'me' };
}

/** A handler that is held by hand: what runs stays until it is let go. */
export class HeldRuns {
  readonly begun: string[] = [];
  private readonly waiting = new Map<string, (settle: () => unknown) => void>();

  readonly run = (work: Work, context: WorkContext): Promise<unknown> => {
    this.begun.push(work.key);
    return new Promise((resolve, reject) => {
      this.waiting.set(work.key, (settle) => {
        try {
          resolve(settle());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
    });
  };

  async until(key: string): Promise<void> {
    await eventually(`${key} has begun`, () => this.waiting.has(key));
  }

  finish(key: string, settle: () => unknown = () => undefined): void {
    const end = this.waiting.get(key);
    this.waiting.delete(key);
    assert.ok(end !== undefined, `${key} runs`);
    end(settle);
  }
}

function endsOf(queue: WorkQueue): WorkEnd[] {
  const ends: WorkEnd[] = [];
  queue.subscribe((end) => ends.push(end));
  return ends;
}

const failing = (code: 'source-unavailable' | 'no-scenes', hint?: string) => (): never => {
  throw new GeoCropError(code, `it is ${code}`, hint === undefined ? {} : { hint });
};

/** What every work queue keeps to. Each test gets an empty one. */
export function workQueueConformance(
  name: string,
  open: (options: ConformanceOptions) => Promise<OpenedQueue>,
): void {
  const check = (
    what: string,
    run: (queue: WorkQueue) => Promise<void>,
    options: Partial<ConformanceOptions> = {},
  ): void => {
    test(`${name}: ${what}`, async () => {
      const { queue, close } = await open({ limit: 100, backoffMs: [20, 40], ...options });
      try {
        await run(queue);
      } finally {
        await queue.close(0);
        await close();
      }
    });
  };

  check('each kind gets its own work, as it was added', async (queue) => {
    const seen: unknown[] = [];
    const ends = endsOf(queue);
    queue.serve('metatile', { run: async (work, { attempt }) => void seen.push([work, attempt]) });
    queue.serve('point', { run: async (work) => ({ at: [work.payload.lon, work.payload.lat] }) });
    const metatile = metatileWork('r/summer-2021/12/2353/2257 a:b~c', 'job');
    await queue.add(metatile);
    await queue.add(pointWork('p'));
    await eventually('both have ended', () => ends.length === 2);
    assert.deepEqual(seen, [[metatile, 1]]);
    const byKind = new Map(ends.map((end) => [end.kind, end]));
    assert.deepEqual(byKind.get('point'), {
      kind: 'point',
      key: 'p',
      outcome: 'done',
      final: true,
      result: { at: [31.05, -17.83] },
    });
    assert.equal(byKind.get('metatile')?.key, metatile.key);
    assert.equal(byKind.get('metatile')?.result, undefined);
  });

  check('work waits until its kind is served; its state is told', async (queue) => {
    const held = new HeldRuns();
    assert.equal(await queue.state('metatile', 'a'), 'none');
    assert.equal(await queue.add(metatileWork('a')), 'added');
    assert.equal(await queue.state('metatile', 'a'), 'waiting');
    assert.equal(await queue.state('point', 'a'), 'none');
    await eventually('it is counted', () => queue.stats().queued === 1);
    queue.serve('metatile', held);
    await held.until('a');
    assert.equal(await queue.state('metatile', 'a'), 'running');
    await eventually('it runs', () => queue.stats().queued === 0 && queue.stats().running === 1);
    held.finish('a');
    await eventually('it has ended', async () => (await queue.state('metatile', 'a')) === 'none');
    await eventually('nothing is left', () => queue.stats().running === 0);
  });

  check('the same key is the same work while it waits and while it runs', async (queue) => {
    const held = new HeldRuns();
    const points = new HeldRuns();
    const ends = endsOf(queue);
    const answers = await Promise.all(Array.from({ length: 20 }, () => queue.add(metatileWork('a'))));
    assert.equal(answers.filter((answer) => answer === 'added').length, 1);
    queue.serve('metatile', held);
    queue.serve('point', points);
    await held.until('a');
    assert.equal(await queue.add(metatileWork('a')), 'known');
    assert.equal(await queue.add(pointWork('a')), 'added');
    held.finish('a');
    await points.until('a');
    points.finish('a');
    await eventually('both have ended', () => ends.length === 2);
    assert.deepEqual(held.begun, ['a']);
    assert.deepEqual(ends.map(({ kind }) => kind).sort(), ['metatile', 'point']);
  });

  check('the better class first, the oldest first within one', async (queue) => {
    const held = new HeldRuns();
    queue.serve('metatile', held);
    await queue.add(metatileWork('first'));
    await held.until('first');
    const added: [string, WorkClass][] = [
      ['w1', 'warming'],
      ['j1', 'job'],
      ['p1', 'waited'],
      ['b1', 'begun'],
      ['p2', 'waited'],
      ['w2', 'warming'],
      ['j2', 'job'],
    ];
    for (const [key, workClass] of added) await queue.add(metatileWork(key, workClass));
    const order = ['p1', 'p2', 'b1', 'j1', 'j2', 'w1', 'w2'];
    held.finish('first');
    for (const key of order) {
      await held.until(key);
      held.finish(key);
    }
    assert.deepEqual(held.begun, ['first', ...order]);
  });

  check('what waits is raised by a better class, and never lowered', async (queue) => {
    const held = new HeldRuns();
    queue.serve('metatile', held);
    await queue.add(metatileWork('first'));
    await held.until('first');
    await queue.add(metatileWork('job', 'job'));
    await queue.add(metatileWork('raised', 'warming'));
    await queue.add(metatileWork('kept', 'waited'));
    assert.equal(await queue.add(metatileWork('raised', 'waited')), 'known');
    assert.equal(await queue.add(metatileWork('kept', 'warming')), 'known');
    held.finish('first');
    for (let place = 1; place <= 3; place += 1) {
      await eventually('the next has begun', () => held.begun.length > place);
      held.finish(held.begun[place] as string);
    }
    assert.deepEqual([...held.begun].sort(), ['first', 'job', 'kept', 'raised']);
    // Of two that wait for people, either is the oldest: added first, or wanted first.
    assert.equal(held.begun.at(-1), 'job');
  });

  check('many who raise at once cannot lower it', async (queue) => {
    const held = new HeldRuns();
    queue.serve('metatile', held);
    await queue.add(metatileWork('first'));
    await held.until('first');
    await queue.add(metatileWork('job', 'job'));
    await queue.add(metatileWork('begun', 'begun'));
    await queue.add(metatileWork('raised', 'warming'));
    const classes: WorkClass[] = ['begun', 'job', 'waited', 'warming', 'begun', 'job', 'waited', 'job'];
    await Promise.all(classes.map((workClass) => queue.add(metatileWork('raised', workClass))));
    held.finish('first');
    await held.until('raised');
    assert.deepEqual(held.begun, ['first', 'raised']);
  });

  check('several at once, where the handler says so, and never the same', async (queue) => {
    const held = new HeldRuns();
    queue.serve('metatile', { atOnce: 3, run: held.run });
    for (const key of ['a', 'b', 'c', 'd']) await queue.add(metatileWork(key));
    for (const key of ['a', 'b', 'c']) await held.until(key);
    assert.equal(queue.stats().running, 3);
    assert.equal(await queue.state('metatile', 'd'), 'waiting');
    held.finish('b');
    await held.until('d');
    assert.deepEqual(held.begun, ['a', 'b', 'c', 'd']);
  });

  check('what may pass is tried again, and told as not final', async (queue) => {
    const ends = endsOf(queue);
    const attempts: number[] = [];
    queue.serve('metatile', {
      run: async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt < ATTEMPTS) failing('source-unavailable')();
        return 'made';
      },
    });
    await queue.add(metatileWork('a'));
    await eventually('it has ended', () => ends.some(({ final }) => final));
    assert.deepEqual(
      attempts,
      Array.from({ length: ATTEMPTS }, (_, i) => i + 1),
    );
    assert.deepEqual(
      ends.map(({ outcome, final, error }) => [outcome, final, error?.code]),
      [
        ...Array<unknown>(ATTEMPTS - 1).fill(['failed', false, 'source-unavailable']),
        ['done', true, undefined],
      ],
    );
    assert.equal(ends.at(-1)?.result, 'made');
  });

  check('the last attempt ends with its reason', async (queue) => {
    const ends = endsOf(queue);
    queue.serve('metatile', { run: async () => failing('source-unavailable', 'Wait.')() });
    await queue.add(metatileWork('a'));
    await eventually('it has ended', () => ends.some(({ final }) => final));
    assert.equal(ends.length, ATTEMPTS);
    const { kind, key, outcome, error } = ends.at(-1) as WorkEnd;
    assert.deepEqual([kind, key, outcome], ['metatile', 'a', 'failed']);
    assert.deepEqual(
      [error?.code, error?.message, error?.hint],
      ['source-unavailable', 'it is source-unavailable', 'Wait.'],
    );
    assert.equal(await queue.state('metatile', 'a'), 'none');
  });

  check('what cannot pass ends at once; an error of nobody is internal and tried again', async (queue) => {
    const ends = endsOf(queue);
    queue.serve('metatile', {
      run: async ({ key }) => {
        if (key === 'ours') failing('no-scenes')();
        throw new TypeError('a bug');
      },
    });
    await queue.add(metatileWork('ours'));
    await eventually('it has ended', () => ends.some(({ final }) => final));
    assert.deepEqual(
      ends.map(({ final, error }) => [final, error?.code, error?.hint]),
      [[true, 'no-scenes', undefined]],
    );
    await queue.add(metatileWork('a bug'));
    await eventually('it has ended', () => ends.at(-1)?.final === true && ends.length > 1);
    assert.deepEqual([ends.at(-1)?.error?.code, ends.at(-1)?.error?.message], ['internal', 'a bug']);
    assert.equal(ends.length, 1 + ATTEMPTS);
  });

  check(
    'work that waits for its next attempt is waiting, and goes at once where somebody waits for it now',
    async (queue) => {
      const ends = endsOf(queue);
      const attempts: number[] = [];
      queue.serve('metatile', {
        run: async (_, { attempt }) => {
          attempts.push(attempt);
          if (attempt === 1) failing('source-unavailable')();
        },
      });
      await queue.add(metatileWork('a', 'warming'));
      await eventually('it has failed once', () => ends.length === 1);
      assert.equal(await queue.state('metatile', 'a'), 'waiting');
      assert.equal(await queue.add(metatileWork('a', 'warming')), 'known');
      assert.deepEqual(attempts, [1]);
      assert.equal(await queue.add(metatileWork('a', 'waited')), 'known');
      await eventually('it is done', () => ends.at(-1)?.outcome === 'done');
      assert.deepEqual(attempts, [1, 2]);
    },
    { backoffMs: [600_000] },
  );

  check('what has ended, well or badly, can be added again', async (queue) => {
    const ends = endsOf(queue);
    let runs = 0;
    queue.serve('metatile', {
      run: async ({ key }) => {
        runs += 1;
        if (key === 'bad') failing('no-scenes')();
      },
    });
    for (const key of ['good', 'bad']) {
      for (let round = 0; round < 3; round += 1) {
        const before = ends.length;
        assert.equal(await queue.add(metatileWork(key)), 'added');
        await eventually(`${key} has ended`, () => ends.length > before);
      }
    }
    assert.equal(runs, 6);
    assert.ok(ends.every(({ final }) => final));
  });

  check('after an add a run ends, also where the work ends in that moment', async (queue) => {
    const ends = endsOf(queue);
    queue.serve('metatile', { run: async () => undefined });
    for (let round = 0; round < 60; round += 1) {
      const before = ends.length;
      // As one who waits does: it listens before it asks.
      await Promise.all([
        queue.add(metatileWork('a', 'warming')),
        queue.add(metatileWork('a', 'waited')),
        queue.add(metatileWork('a', 'job')),
      ]);
      await eventually('a run has ended', () => ends.length > before);
      await eventually('nothing is left', async () => (await queue.state('metatile', 'a')) === 'none');
    }
  });

  check(
    'it is full at its limit, for new work only',
    async (queue) => {
      for (let i = 0; i < 4; i += 1) await queue.add(metatileWork(`a${i}`));
      await assert.rejects(queue.add(metatileWork('more')), (error) => isGeoCropError(error, 'queue-full'));
      await assert.rejects(queue.add(pointWork('more')), (error) => isGeoCropError(error, 'queue-full'));
      assert.equal(await queue.add(metatileWork('a0')), 'known');
      queue.serve('metatile', { run: async () => undefined });
      await eventually(
        'there is room again',
        async () => (await queue.add(metatileWork('more'))) === 'added',
      );
    },
    { limit: 4 },
  );

  check('a subscription ends; a listener that throws harms none', async (queue) => {
    const heard: string[] = [];
    queue.subscribe(() => {
      throw new Error('deaf');
    });
    const end = queue.subscribe(({ key }) => heard.push(`gone ${key}`));
    queue.subscribe(({ key }) => heard.push(key));
    queue.serve('metatile', { run: async () => undefined });
    await queue.add(metatileWork('a'));
    await eventually('both hear', () => heard.length === 2);
    end();
    await queue.add(metatileWork('b'));
    await eventually('one hears', () => heard.includes('b'));
    assert.deepEqual(heard.sort(), ['a', 'b', 'gone a']);
  });

  check('what is given back waits first of its class: no attempt, no failure', async (queue) => {
    const held = new HeldRuns();
    const ends = endsOf(queue);
    const attempts: number[] = [];
    queue.serve('metatile', {
      run: (work, context) => {
        attempts.push(context.attempt);
        return held.run(work, context);
      },
    });
    await queue.add(metatileWork('w1', 'warming'));
    await held.until('w1');
    await queue.add(metatileWork('w2', 'warming'));
    await queue.add(metatileWork('p', 'waited'));
    held.finish('w1', () => {
      throw new GiveBack();
    });
    await held.until('p');
    assert.equal(await queue.state('metatile', 'w1'), 'waiting');
    held.finish('p');
    await held.until('w1');
    held.finish('w1');
    await held.until('w2');
    held.finish('w2');
    await eventually('all have ended', () => ends.length === 3);
    assert.deepEqual(held.begun, ['w1', 'p', 'w1', 'w2']);
    assert.deepEqual(attempts, [1, 1, 1, 1]);
    assert.ok(ends.every(({ outcome }) => outcome === 'done'));
  });

  check('closing lets what runs finish', async (queue) => {
    const held = new HeldRuns();
    queue.serve('metatile', held);
    await queue.add(metatileWork('a'));
    await held.until('a');
    let closed = false;
    const closing = queue.close(600_000).then(() => (closed = true));
    await assert.rejects(queue.add(metatileWork('b')), (error) => isGeoCropError(error, 'shutting-down'));
    assert.equal(closed, false);
    held.finish('a');
    await closing;
    assert.deepEqual(held.begun, ['a']);
  });

  check('closing interrupts what does not finish in time', async (queue) => {
    const signals: AbortSignal[] = [];
    queue.serve('metatile', {
      run: (_, { signal }) => {
        signals.push(signal);
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      },
    });
    await queue.add(metatileWork('a'));
    await eventually('it runs', () => signals.length === 1);
    await queue.close(1);
    assert.equal(signals[0]?.aborted, true);
    assert.equal(signals.length, 1);
  });
}
