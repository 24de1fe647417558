import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaker, REST_MS } from './breaker.js';
import { FaultLog, type FaultReport } from './fault-log.js';

function stage(): {
  readonly breaker: Breaker;
  readonly log: FaultLog;
  readonly reports: FaultReport[];
  readonly clock: { now: number };
  /** How many were begun. */
  readonly begun: () => number;
  readonly good: () => Promise<string | undefined>;
  readonly bad: () => Promise<string | undefined>;
} {
  const clock = { now: 1000 };
  const reports: FaultReport[] = [];
  const log = new FaultLog({ report: (report) => reports.push(report), now: () => clock.now });
  const breaker = new Breaker('reading', log);
  let begun = 0;
  const good = () => breaker.run(async () => (begun++, 'good'));
  const bad = () => breaker.run<string>(async () => (begun++, Promise.reject(new Error('away'))));
  return { breaker, log, reports, clock, begun: () => begun, good, bad };
}

describe('after a failure', () => {
  it('nothing is begun for a few seconds, then one tries for all', async () => {
    const { breaker, clock, begun, good, bad } = stage();
    assert.equal(await good(), 'good');
    assert.equal(await bad(), undefined);
    clock.now += REST_MS - 1;
    assert.equal(await good(), undefined);
    assert.equal(begun(), 2);
    clock.now += 1;
    assert.deepEqual(await Promise.all([bad(), good(), good()]), [undefined, undefined, undefined]);
    assert.equal(begun(), 3);
    clock.now += REST_MS;
    assert.deepEqual(await Promise.all([good(), good()]), ['good', undefined]);
    assert.deepEqual(await Promise.all([good(), good()]), ['good', 'good']);
    assert.deepEqual(breaker.stats(), { failures: 2, skipped: 4 });
  });

  it('rest is not made longer by what fails meanwhile', async () => {
    const { breaker, clock, good, bad } = stage();
    await bad();
    clock.now += REST_MS - 1;
    breaker.fail(new Error('connection refused'));
    clock.now += 1;
    assert.equal(await good(), 'good');
  });

  it('success of what was begun before says nothing', async () => {
    const { breaker, clock, good, bad } = stage();
    let finish = (): void => undefined;
    const early = breaker.run(() => new Promise<string>((resolve) => (finish = () => resolve('early'))));
    await bad();
    finish();
    assert.equal(await early, 'early');
    assert.equal(await good(), undefined);
    clock.now += REST_MS;
    assert.equal(await good(), 'good');
  });

  it('a throw that is no promise’s is a failure like any', async () => {
    const { breaker } = stage();
    const thrown = await breaker.run(() => {
      throw new Error('at once');
    });
    assert.equal(thrown, undefined);
    assert.equal(breaker.stats().failures, 1);
  });
});

describe('the log', () => {
  it('has the first failure at once, then one line a minute with what was skipped', async () => {
    const { clock, reports, good, bad } = stage();
    await bad();
    assert.equal(reports.length, 1);
    assert.deepEqual(
      { ...reports[0], failed: reports[0]?.failed?.error.message },
      { failed: 'away', failures: 1, skipped: 0 },
    );
    for (let at = 0; at < 19; at += 1) {
      await good();
      clock.now += REST_MS;
      await bad();
    }
    assert.equal(reports.length, 1);
    clock.now += REST_MS;
    await bad();
    assert.equal(reports.length, 2);
    assert.deepEqual([reports[1]?.failures, reports[1]?.skipped], [20, 19]);
  });

  it('says that it works again once, where it had said that it does not', async () => {
    const { clock, reports, good, bad } = stage();
    await bad();
    for (let at = 0; at < 3; at += 1) {
      clock.now += REST_MS;
      await good();
      await bad();
    }
    assert.deepEqual(
      reports.map(({ failed }) => failed?.what ?? null),
      ['reading', null],
    );
  });

  it('is one for all that belongs together', async () => {
    const { log, clock, reports, good, bad } = stage();
    const writing = new Breaker('writing', log);
    await bad();
    await writing.run(() => Promise.reject(new Error('full')));
    clock.now += REST_MS;
    await good();
    assert.equal(reports.length, 1, 'writing still fails');
    await writing.run(async () => 'written');
    assert.equal(reports.length, 2);
    assert.equal(reports[1]?.failed, null);
  });
});
