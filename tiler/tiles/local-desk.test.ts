import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoCropError } from '../../engine/errors.js';
import { metatileWork } from './local-desk.js';
import { code, handDesk, nothing, requestOf, tile } from './desk-testing.js';

describe('metatiles in this process', () => {
  test('runs one at a time, the longest waited for first', async () => {
    const { begun, clock, ends, open, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    clock.now = 1;
    const b = want('b', tile(0));
    clock.now = 2;
    const c = want('c', tile(0));
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
    const { begun, ends, open, queue, settle, want } = handDesk();
    const waiting = want('a', tile(0));
    await settle();
    const a = open('a');
    a.begun = true;
    a.deliver(tile(0), nothing);
    await waiting;
    const b = want('b', tile(0));
    await settle();
    assert.ok(ends.get('a')?.signal.aborted);
    await settle();
    assert.deepEqual(begun, ['a', 'b']);
    open('b').deliver(tile(0), nothing);
    ends.get('b')?.resolve();
    await b;
    await settle();
    assert.deepEqual(begun, ['a', 'b', 'a']);
    assert.equal(queue.stats().running, 1);
    ends.get('a')?.resolve();
    await settle();
    assert.equal(queue.stats().running, 0);
  });

  test('with half of its tiles ready, a metatile is finished before another is begun', async () => {
    const { begun, ends, open, settle, want } = handDesk();
    const waiting = want('a', tile(0));
    await settle();
    const a = open('a');
    a.begun = true;
    for (let ready = 0; ready < 8; ready += 1) a.deliver(tile(ready), nothing);
    await waiting;
    const b = want('b', tile(0));
    await settle();
    assert.equal(ends.get('a')?.signal.aborted, false, 'what was read is not thrown away');
    ends.get('a')?.resolve();
    await settle();
    assert.deepEqual(begun, ['a', 'b'], 'and it is done: nothing of it waits any more');
    open('b').deliver(tile(0), nothing);
    ends.get('b')?.resolve();
    await b;
  });

  test('what has not begun and lost its waiters is dropped', async () => {
    const { begun, ends, open, queue, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    const leaving = new AbortController();
    const b = want('b', tile(0), leaving.signal);
    leaving.abort();
    await assert.rejects(b, code('aborted'));
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    assert.deepEqual(begun, ['a']);
    assert.equal(queue.stats().queued, 0);
  });

  test('refuses one more than its limit, and takes it once there is room', async () => {
    const { ends, open, settle, want } = handDesk(1);
    const a = want('a', tile(0));
    await settle();
    const b = want('b', tile(0));
    await assert.rejects(want('c', tile(0)), code('queue-full'));
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    const c = want('c', tile(0));
    for (const id of ['b', 'c']) {
      open(id).deliver(tile(0), nothing);
      ends.get(id)?.resolve();
      await settle();
    }
    await Promise.all([b, c]);
  });

  test('a failed job is told to its waiters, reported, and can be asked for again', async () => {
    const { begun, ends, errors, open, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    ends.get('a')?.reject(new Error('broken'));
    await assert.rejects(a, /broken/);
    assert.equal(errors.length, 1);
    await settle();
    const again = want('a', tile(0));
    await settle();
    assert.deepEqual(begun, ['a', 'a']);
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await again;
  });

  test('closing lets the running job finish and turns the others away', async () => {
    const { ends, open, queue, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    const running = open('a');
    const b = want('b', tile(0));
    const closed = queue.close(1e6);
    await assert.rejects(b, code('shutting-down'));
    await assert.rejects(want('c', tile(0)), code('shutting-down'));
    running.deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await closed;
  });

  test('what is waited for goes before the rest of a metatile whose tiles have been sent', async () => {
    const { begun, clock, ends, open, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    open('a').begun = true;
    clock.now = 1;
    const b = want('b', tile(0));
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
    const { ends, open, queue, settle, want } = handDesk(1);
    const a = want('a', tile(0));
    await settle();
    open('a').begun = true;
    const b = want('b', tile(0));
    open('a').deliver(tile(0), nothing);
    await a;
    await settle();
    // Now b runs, and a waits in the background.
    assert.equal(queue.stats().queued, 1);
    const c = want('c', tile(0));
    await settle();
    assert.equal(await queue.state('metatile', 'a/summer-2021/0/0/map'), 'none');
    for (const id of ['b', 'c']) {
      open(id).deliver(tile(0), nothing);
      ends.get(id)?.resolve();
      await settle();
    }
    await Promise.all([b, c]);
  });

  test('who comes back to a metatile that has given way is told when the queue closes', async () => {
    const { open, queue, settle, want } = handDesk();
    const a = want('a', tile(0));
    await settle();
    const running = open('a');
    running.begun = true;
    const b = want('b', tile(0));
    running.deliver(tile(0), nothing);
    await a;
    const back = want('a', tile(1));
    const closed = queue.close(0);
    await assert.rejects(b, code('shutting-down'));
    await assert.rejects(back, code('shutting-down'));
    await closed;
  });

  test('an order is done after what is waited for, and is told whether it is archived', async () => {
    const { begun, ends, open, want, desk, settle } = handDesk();
    const first = desk.order(requestOf('w'), { class: 'warming', owner: 'warming' });
    const second = desk.order(requestOf('x'), { class: 'warming', owner: 'warming' });
    second.catch(() => undefined);
    await settle();
    const a = want('a', tile(0));
    await settle();
    assert.ok(ends.get('w')?.signal.aborted, 'warming gives way to people');
    assert.deepEqual(begun, ['w', 'a']);
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    assert.deepEqual(begun, ['w', 'a', 'w'], 'and goes on, the oldest first');
    ends.get('w')?.resolve();
    await first;
    await settle();
    ends.get('x')?.resolve({ archived: false, missing: ['S2_1: nir: gone'] });
    await assert.rejects(second, (error) => code('source-unavailable')(error) && /S2_1/.test(String(error)));
  });

  test('an order that is taken back before its turn is left undone', async () => {
    const { begun, ends, want, open, desk, settle } = handDesk();
    const a = want('a', tile(0));
    await settle();
    const leaving = new AbortController();
    const ordered = desk.order(requestOf('w'), {
      class: 'warming',
      owner: 'warming',
      signal: leaving.signal,
    });
    await settle();
    leaving.abort();
    await assert.rejects(ordered, code('aborted'));
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    assert.deepEqual(begun, ['a']);
    assert.deepEqual(desk.stats(), { queued: 0, running: 0 });
  });

  test('an order is tried again where the reason may pass, and ends with it', async () => {
    const { begun, ends, errors, desk, settle } = handDesk(8, { backoffMs: [0, 0] });
    const ordered = desk.order(requestOf('w'), { class: 'warming', owner: 'warming' });
    for (const run of [1, 2, 3]) {
      while (begun.length < run) await new Promise((resolve) => setImmediate(resolve));
      ends.get('w')?.reject(new GeoCropError('source-unavailable', `no ${run}`));
      await settle();
    }
    await assert.rejects(ordered, /no 3/);
    assert.equal(errors.length, 3);
    const other = desk.order(requestOf('x'), { class: 'warming', owner: 'warming' });
    await settle();
    ends.get('x')?.reject(new GeoCropError('no-scenes', 'none'));
    await assert.rejects(other, code('no-scenes'), 'and what cannot pass is not');
    assert.deepEqual(begun, ['w', 'w', 'w', 'x']);
  });

  test('an order that somebody waits for is his turn', async () => {
    const { begun, clock, ends, open, want, desk, settle } = handDesk();
    const a = want('a', tile(0));
    await settle();
    const orders = ['w', 'x'].map((name) =>
      desk.order(requestOf(name), { class: 'warming', owner: 'warming' }),
    );
    clock.now = 1;
    const x = want('x', tile(1));
    await settle();
    open('a').deliver(tile(0), nothing);
    ends.get('a')?.resolve();
    await a;
    await settle();
    assert.deepEqual(begun, ['a', 'x']);
    open('x').deliver(tile(1), nothing);
    assert.equal(await x, nothing);
    await settle();
    assert.equal(ends.get('x')?.signal.aborted, false, 'and is finished: nobody else waits');
    ends.get('x')?.resolve();
    await settle();
    ends.get('w')?.resolve();
    await Promise.all(orders);
  });

  test('nothing new is taken while somebody has waited too long, orders aside', async () => {
    const { clock, ends, open, want, desk, settle } = handDesk(8, { maxAgeMs: 1000 });
    const a = want('a', tile(0));
    await settle();
    const b = want('b', tile(0));
    await settle();
    clock.now = 1001;
    await assert.rejects(want('c', tile(0)), code('queue-full'));
    const ordered = desk.order(requestOf('w'), { class: 'warming', owner: 'warming' });
    await settle();
    for (const name of ['a', 'b']) {
      open(name).deliver(tile(0), nothing);
      ends.get(name)?.resolve();
      await settle();
    }
    await Promise.all([a, b]);
    const c = want('c', tile(0));
    await settle();
    open('c').deliver(tile(0), nothing);
    ends.get('c')?.resolve();
    await c;
    await settle();
    ends.get('w')?.resolve();
    await ordered;
  });

  test('what half-done metatiles hold is bounded: what nobody waits for goes first', async () => {
    const data = new Uint8Array(1_000_000);
    const raster = { data, bands: 1, width: 1000, height: 1000, nodata: null };
    const heavy = { ...nothing, products: new Map([['classes', raster]]) };
    const { ends, open, want, queue, settle } = handDesk(8, { maxBytes: 1_500_000 });
    const a = want('a', tile(0));
    await settle();
    open('a').begun = true;
    const b = want('b', tile(0));
    open('a').deliver(tile(0), heavy);
    await a;
    await settle();
    assert.equal(await queue.state('metatile', 'a/summer-2021/0/0/map'), 'waiting', 'there is room for one');
    open('b').begun = true;
    open('b').deliver(tile(0), heavy);
    await b;
    await settle();
    assert.equal(await queue.state('metatile', 'a/summer-2021/0/0/map'), 'none');
    ends.get('b')?.resolve();
    await settle();
    assert.deepEqual(queue.stats(), { queued: 0, running: 0 });
  });

  test('what is held as if somebody waited is done once', async () => {
    const { begun, desk, ends, settle } = handDesk();
    const work = metatileWork(requestOf('a'), 'waited', 'public');
    const result = desk.execute(work, { hold: true });
    await settle();
    ends.get('a')?.resolve();
    assert.deepEqual(await result, { archived: true, missing: [] });
    await settle();
    assert.deepEqual(begun, ['a']);
  });

  test('what was given up for want of anybody is done for who came at that moment', async () => {
    const { begun, ends, open, settle, want } = handDesk();
    const leaving = new AbortController();
    const left = want('a', tile(0), leaving.signal);
    await settle();
    leaving.abort();
    await assert.rejects(left, code('aborted'));
    const came = want('a', tile(1));
    ends.get('a')?.resolve({ archived: false, missing: [], dropped: true });
    await settle();
    assert.deepEqual(begun, ['a', 'a']);
    open('a').deliver(tile(1), nothing);
    ends.get('a')?.resolve();
    assert.equal(await came, nothing);
  });

  test('what is in the archive by now is told to all who wait', async () => {
    const { ends, open, want, settle } = handDesk();
    const waiting = [want('a', tile(0)), want('a', 'whole')];
    await settle();
    open('a').archived();
    ends.get('a')?.resolve();
    assert.deepEqual(await Promise.all(waiting), [null, null]);
  });
});
