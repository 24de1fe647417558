import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { INTEREST_MS, MetatileJob } from './metatile-job.js';
import { code, nothing, tile } from './desk-testing.js';

const map = { season: 'summer', year: 2021, model: 'none' };

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
