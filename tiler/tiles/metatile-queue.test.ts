import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { INTEREST_MS, MetatileJob, type JobProducts } from './metatile-job.js';
import { MetatileQueue } from './metatile-queue.js';

const map = { season: 'summer', year: 2021, model: 'none' };
const nothing: JobProducts = { products: new Map(), incomplete: false, missing: [], timings: {} };

function code(expected: string): (error: unknown) => boolean {
  return (error) => isGeoCropError(error) && error.code === expected;
}

/** A queue whose jobs end when the test says so. */
function handQueue(limit = 8) {
  const clock = { now: 0 };
  const begun: string[] = [];
  const ends = new Map<
    string,
    { resolve: () => void; reject: (error: unknown) => void; signal: AbortSignal }
  >();
  const errors: unknown[] = [];
  const queue = new MetatileQueue({
    run: (job, signal) => {
      begun.push(job.id);
      return new Promise<void>((resolve, reject) => {
        ends.set(job.id, { resolve, reject, signal });
        signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
      });
    },
    limit,
    onError: (_, error) => errors.push(error),
  });
  const open = (id: string): MetatileJob =>
    queue.open(id, () => new MetatileJob(id, map, { z: 12, x: 0, y: 0 }, null, () => clock.now));
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
  return { clock, begun, ends, errors, queue, open, settle };
}
const tile = (x: number): { z: number; x: number; y: number } => ({ z: 14, x, y: 0 });

describe('jobs', () => {
  test('all who wait get what is delivered; one who leaves disturbs nobody', async () => {
    const job = new MetatileJob('a', map, tile(0), null, () => 0);
    const leaving = new AbortController();
    const first = job.want(tile(1), 1e6, leaving.signal);
    const second = job.want(tile(1), 1e6);
    leaving.abort();
    await assert.rejects(first, code('aborted'));
    job.deliver(tile(1), nothing);
    assert.equal(await second, nothing);
    assert.equal(await job.want(tile(1), 0), nothing, 'and it stays ready');
  });

  test('a want without waiting is remembered for a minute', async () => {
    const clock = { now: 0 };
    const job = new MetatileJob('a', map, tile(0), null, () => clock.now);
    await assert.rejects(job.want(tile(2), 0), code('not-ready'));
    assert.deepEqual(job.nextWanted(), tile(2));
    clock.now = INTEREST_MS;
    assert.equal(job.nextWanted(), undefined);
  });

  test('one who leaves takes nothing from who asked without waiting', async () => {
    const job = new MetatileJob('a', map, tile(0), null, () => 0);
    await assert.rejects(job.want(tile(1), 0), code('not-ready'));
    const leaving = new AbortController();
    const waiting = job.want(tile(1), 1e6, leaving.signal);
    leaving.abort();
    await assert.rejects(waiting, code('aborted'));
    assert.deepEqual(job.nextWanted(), tile(1));
    const alone = job.want(tile(2), 1e6, AbortSignal.abort());
    await assert.rejects(alone, code('aborted'));
    job.deliver(tile(1), nothing);
    assert.equal(job.nextWanted(), undefined, 'nobody else asked for the second');
  });

  test('the oldest want goes first', async () => {
    const clock = { now: 5 };
    const job = new MetatileJob('a', map, tile(0), null, () => clock.now);
    await assert.rejects(job.want(tile(3), 0));
    clock.now = 6;
    await assert.rejects(job.want(tile(1), 0));
    clock.now = 7;
    await assert.rejects(job.want(tile(3), 0));
    assert.deepEqual(job.nextWanted(), tile(3));
    assert.equal(job.waitingSince(), 5);
  });

  test('a failure reaches all who wait', async () => {
    const job = new MetatileJob('a', map, tile(0), null, () => 0);
    const waiting = job.want('whole', 1e6);
    job.fail(new Error('no'));
    await assert.rejects(waiting, /no/);
  });
});

describe('the queue', () => {
  test('runs one at a time, the longest waited for first', async () => {
    const { clock, begun, ends, open, settle } = handQueue();
    const a = open('a').want(tile(0), 1e6);
    await settle();
    clock.now = 1;
    const b = open('b').want(tile(0), 1e6);
    clock.now = 2;
    const c = open('c').want(tile(0), 1e6);
    await settle();
    assert.deepEqual(begun, ['a']);
    for (const id of ['a', 'b', 'c']) {
      open(id).deliver(tile(0), nothing);
      ends.get(id)?.resolve();
      await settle();
    }
    assert.deepEqual(begun, ['a', 'b', 'c']);
    await Promise.all([a, b, c]);
  });

  test('what nobody waits for any more gives way, and goes on afterwards', async () => {
    const { begun, ends, open, settle, queue } = handQueue();
    const a = open('a');
    const waiting = a.want(tile(0), 1e6);
    await settle();
    a.begun = true;
    a.deliver(tile(0), nothing);
    await waiting;
    const b = open('b').want(tile(0), 1e6);
    await settle();
    assert.ok(ends.get('a')?.signal.aborted);
    await settle();
    assert.deepEqual(begun, ['a', 'b']);
    open('b').deliver(tile(0), nothing);
    ends.get('b')?.resolve();
    await b;
    await settle();
    assert.deepEqual(begun, ['a', 'b', 'a']);
    assert.equal(queue.running, 1);
    ends.get('a')?.resolve();
    await settle();
    assert.equal(queue.running, 0);
  });

  test('what has not begun and lost its waiters is dropped', async () => {
    const { begun, ends, open, settle, queue } = handQueue();
    const a = open('a').want(tile(0), 1e6);
    await settle();
    const leaving = new AbortController();
    const b = open('b').want(tile(0), 1e6, leaving.signal);
    leaving.abort();
    await assert.rejects(b, code('aborted'));
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    assert.deepEqual(begun, ['a']);
    assert.equal(queue.queued, 0);
  });

  test('refuses one more than its limit, and takes it once there is room', async () => {
    const { ends, open, settle } = handQueue(1);
    const a = open('a').want(tile(0), 1e6);
    await settle();
    const b = open('b').want(tile(0), 1e6);
    assert.throws(() => open('c'), code('queue-full'));
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    const c = open('c').want(tile(0), 1e6);
    for (const id of ['b', 'c']) {
      open(id).deliver(tile(0), nothing);
      ends.get(id)?.resolve();
      await settle();
    }
    await Promise.all([b, c]);
  });

  test('a failed job is told to its waiters, reported, and can be asked for again', async () => {
    const { begun, ends, errors, open, settle } = handQueue();
    const a = open('a').want(tile(0), 1e6);
    await settle();
    ends.get('a')?.reject(new Error('broken'));
    await assert.rejects(a, /broken/);
    assert.equal(errors.length, 1);
    await settle();
    const again = open('a').want(tile(0), 1e6);
    await settle();
    assert.deepEqual(begun, ['a', 'a']);
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await again;
  });

  test('closing lets the running job finish and turns the others away', async () => {
    const { ends, open, queue, settle } = handQueue();
    const running = open('a');
    const a = running.want(tile(0), 1e6);
    await settle();
    const b = open('b').want(tile(0), 1e6);
    const closed = queue.close(1e6);
    await assert.rejects(b, code('shutting-down'));
    assert.throws(() => open('c'), code('shutting-down'));
    running.deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await closed;
  });

  test('what is waited for goes before the rest of a metatile whose tiles have been sent', async () => {
    const { clock, begun, ends, open, settle } = handQueue();
    const a = open('a').want(tile(0), 1e6);
    await settle();
    open('a').begun = true;
    clock.now = 1;
    const b = open('b').want(tile(0), 1e6);
    await settle();
    assert.equal(ends.get('a')?.signal.aborted, false, 'somebody waits for the first');
    open('a').deliver(tile(0), nothing);
    await a;
    await settle();
    assert.deepEqual(begun, ['a', 'b']);
    open('b').deliver(tile(0), nothing);
    ends.get('b')?.resolve();
    await b;
    await settle();
    assert.deepEqual(begun, ['a', 'b', 'a']);
    ends.get('a')?.resolve();
    await settle();
  });

  test('metatiles that nobody waits for make room when the queue is full', async () => {
    const { ends, open, queue, settle } = handQueue(1);
    const a = open('a').want(tile(0), 1e6);
    await settle();
    open('a').begun = true;
    const b = open('b').want(tile(0), 1e6);
    open('a').deliver(tile(0), nothing);
    await a;
    await settle();
    // Now b runs, and a waits in the background.
    assert.equal(queue.queued, 1);
    const c = open('c').want(tile(0), 1e6);
    assert.equal(queue.find('a'), undefined);
    for (const id of ['b', 'c']) {
      open(id).deliver(tile(0), nothing);
      ends.get(id)?.resolve();
      await settle();
    }
    await Promise.all([b, c]);
  });

  test('who comes back to a metatile that has given way is told when the queue closes', async () => {
    const { open, queue, settle } = handQueue();
    const a = open('a').want(tile(0), 1e6);
    await settle();
    const running = open('a');
    running.begun = true;
    const b = open('b').want(tile(0), 1e6);
    running.deliver(tile(0), nothing);
    await a;
    const back = running.want(tile(1), 1e6);
    const closed = queue.close(0);
    await assert.rejects(b, code('shutting-down'));
    await assert.rejects(back, code('shutting-down'));
    await closed;
  });
});
