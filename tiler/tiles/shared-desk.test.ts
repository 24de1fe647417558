import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { describeOnRedis, startRedis, type RedisServer } from '../../cache/redis-server.js';
import { GeoCropError } from '../../engine/errors.js';
import { openBullWorkQueue } from '../queue/bull-work-queue.js';
import { eventually } from '../queue/eventually.js';
import { LocalWorkQueue } from '../queue/local-work-queue.js';
import { openRedisBoard } from '../queue/redis-board.js';
import { code, nothing, requestOf, tile } from './desk-testing.js';
import { LocalDesk, type JobResult } from './local-desk.js';
import type { JobProducts, MetatileJob, Wanted } from './metatile-job.js';
import { nativeTiles } from './job-runner.js';
import { postName, SharedDesk } from './shared-desk.js';
import { serveMetatiles } from './shared-worker.js';

const PATIENCE = { waitMs: 30_000 };
const until = (isSo: () => boolean | Promise<boolean>): Promise<void> => eventually('as expected', isSo);

/** What a run does, step by step, as the test says. */
interface Run {
  readonly replica: string;
  readonly job: MetatileJob;
  readonly signal: AbortSignal;
  end(result?: JobResult): void;
  fail(error: GeoCropError): void;
}

describeOnRedis('metatiles that replicas share', () => {
  let redis: RedisServer;
  let runs: Run[];
  let replicas: Replica[];
  let prefix = 0;

  class Replica {
    readonly desk: SharedDesk;
    readonly scenes: string[] = [];
    readonly warnings: string[] = [];
    archived = false;

    constructor(
      name: string,
      computes: boolean,
      more: { readonly limit?: number; readonly maxAgeMs?: number; readonly deaf?: () => boolean } = {},
    ) {
      const warn = (message: string): void => void this.warnings.push(message);
      const options = { url: redis.url, prefix: `test${prefix}`, limit: 100, warn, ...more };
      const queue = openBullWorkQueue({ ...options, lockMs: 3000, stalledMs: 1000, backoffMs: [0, 0] });
      const board = openRedisBoard(options);
      const wanted = board.wanted.bind(board);
      board.wanted = async (key) => {
        if (more.deaf?.() === true) throw new GeoCropError('queue-unavailable', 'It does not answer.');
        return wanted(key);
      };
      const now = (): number => Date.now();
      const local = computes
        ? new LocalDesk({
            queue: new LocalWorkQueue({ limit: 100, now, attempts: 1 }),
            run: (job, signal) =>
              new Promise<JobResult>((resolve, reject) => {
                signal.addEventListener('abort', () => reject(signal.reason as Error));
                runs.push({
                  replica: name,
                  job,
                  signal,
                  end: (result = { archived: true, missing: [] }) => resolve(result),
                  fail: reject,
                });
              }),
            unfinished: { get: () => undefined },
            onQueued: () => undefined,
            now,
          })
        : null;
      this.desk = new SharedDesk({
        queue,
        board,
        fallback: local,
        onQueued: () => undefined,
        isThere: async () => this.archived,
        ...(more.maxAgeMs === undefined ? {} : { maxAgeMs: more.maxAgeMs }),
        onScenes: (_, digest) => this.scenes.push(digest),
        now,
        warn,
      });
      if (local !== null) serveMetatiles({ queue, board, local, now, warn });
      replicas.push(this);
    }
  }

  const ran = async (count: number): Promise<Run> => {
    await until(() => runs.length >= count);
    const run = runs[count - 1];
    if (run === undefined) throw new RangeError(`run ${count}`);
    return run;
  };
  /** As the runner does: looks what is wanted next, and delivers it. */
  const deliverNext = async ({ job }: Run, products: JobProducts = nothing): Promise<Wanted> => {
    await until(async () => {
      await job.refresh();
      return job.nextWanted() !== undefined;
    });
    const wanted = job.nextWanted();
    if (wanted === undefined) throw new RangeError('nothing is wanted');
    job.begun = true;
    job.deliver(wanted, products);
    return wanted;
  };

  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());
  beforeEach(() => {
    runs = [];
    replicas = [];
    prefix += 1;
  });
  afterEach(async () => {
    for (const run of runs) run.end();
    await Promise.all(replicas.map(({ desk }) => desk.close(0)));
  });

  test('whoever asks where, it is computed once, and each gets his tile as it is ready', async () => {
    const a = new Replica('a', true);
    const b = new Replica('b', true);
    const asked = [a, b, a].map(({ desk }, i) => desk.want(requestOf('m'), tile(i), PATIENCE));
    const run = await ran(1);
    const raster = { data: Float32Array.of(1, NaN), bands: 1, width: 2, height: 1, nodata: NaN };
    const masked = { ...raster, data: Uint8Array.of(1, 2), nodata: null, mask: Uint8Array.of(255, 0) };
    const products: JobProducts = {
      ...nothing,
      products: new Map<string, typeof raster | typeof masked>([
        ['ndvi', raster],
        ['truecolor', masked],
      ]),
      timings: { read: 1 },
    };
    for (let i = 0; i < 3; i += 1) await deliverNext(run, products);
    assert.deepEqual(await Promise.all(asked), [products, products, products]);
    run.end();
    await until(() => replicas.every(({ desk }) => desk.stats().running === 0));
    assert.equal(runs.length, 1);
    assert.ok(a.scenes.includes('scenes-1'), 'and is told of which scenes');
  });

  test('an api computes nothing; one that asked for the whole reads it in the archive', async () => {
    const api = new Replica('api', false);
    const worker = new Replica('worker', true);
    const whole = api.desk.want(requestOf('m'), 'whole', PATIENCE);
    const run = await ran(1);
    assert.equal(run.replica, 'worker');
    run.job.deliver('whole', nothing);
    run.end();
    assert.equal(await whole, null);
    assert.equal(worker.warnings.length, 0, worker.warnings.join());
  });

  test('what was asked for without waiting is posted, and found when it is asked for again', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    await assert.rejects(api.desk.want(requestOf('m'), tile(3), { waitMs: 0 }), code('not-ready'));
    const run = await ran(1);
    assert.deepEqual(await deliverNext(run), tile(3));
    await until(async () => {
      const again = await api.desk.want(requestOf('m'), tile(3), { waitMs: 0 }).catch(() => null);
      return again?.scenes === 'scenes-1';
    });
    assert.equal(runs.length, 1);
  });

  test('a tile that somebody asks for after it was computed is sent before the archive has it', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const first = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    const run = await ran(1);
    await deliverNext(run);
    await first;
    run.job.deliver(tile(1), { ...nothing, scenes: 'scenes-2' });
    const second = api.desk.want(requestOf('m'), tile(1), PATIENCE);
    assert.equal((await second)?.scenes, 'scenes-2');
  });

  test('what could not be archived is sent to who waits, whole and in tiles, for a while', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const asked = (['whole', { z: 14, x: 1, y: 2 }] as const).map((wanted) =>
      api.desk.want(requestOf('m'), wanted, PATIENCE),
    );
    const run = await ran(1);
    const incomplete = { ...nothing, incomplete: true, missing: ['S2_1: nir: gone'] };
    run.job.begun = true;
    run.job.deliver({ z: 14, x: 1, y: 2 }, incomplete);
    run.job.deliver('whole', incomplete);
    run.end({ archived: false, missing: incomplete.missing });
    assert.deepEqual(await Promise.all(asked), [incomplete, incomplete]);
    assert.deepEqual(await api.desk.want(requestOf('m'), 'whole', { waitMs: 0 }), incomplete);
    assert.equal(runs.length, 1);
  });

  test('work whose last waiter has left before its turn is left undone', async () => {
    const api = new Replica('api', false);
    const leaving = new AbortController();
    const asked = api.desk.want(requestOf('m'), tile(0), { ...PATIENCE, signal: leaving.signal });
    leaving.abort();
    await assert.rejects(asked, code('aborted'));
    await until(async () => (await openBoard().wanted('m/summer-2021/0/0/map')).length === 0);
    new Replica('worker', true);
    const other = api.desk.want(requestOf('n'), tile(0), PATIENCE);
    const run = await ran(1);
    assert.equal(run.job.id.split('/')[0], 'n');
    await deliverNext(run);
    await other;
  });

  test('a failure is told to all who wait, with its reason and what to do', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const asked = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    const run = await ran(1);
    run.fail(new GeoCropError('memory-limit', 'Too many dates.', { hint: 'Raise the limit.' }));
    await assert.rejects(
      asked,
      (error: GeoCropError) =>
        code('memory-limit')(error) &&
        error.message === 'Too many dates.' &&
        error.hint === 'Raise the limit.',
    );
  });

  test('an order is done by a worker, tried again, and yields to who waits', async () => {
    const warm = new Replica('warm', false);
    new Replica('worker', true);
    const ordered = warm.desk.order(requestOf('w'), { class: 'warming', owner: 'warming' });
    const first = await ran(1);
    first.fail(new GeoCropError('source-unavailable', 'away'));
    await ran(2);
    const asked = warm.desk.want(requestOf('m'), tile(0), PATIENCE);
    const waited = await ran(3);
    assert.equal(waited.job.id.split('/')[0], 'm');
    assert.equal(runs[1]?.signal.aborted, true);
    await deliverNext(waited);
    await asked;
    waited.end();
    (await ran(4)).end();
    await ordered;
    assert.deepEqual(
      runs.map(({ job }) => job.id.split('/')[0]),
      ['w', 'w', 'm', 'w'],
    );
  });

  test('the rest of a metatile whose tiles were sent yields to who waits, and is finished afterwards', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const first = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    await deliverNext(await ran(1));
    await first;
    const second = api.desk.want(requestOf('n'), tile(1), PATIENCE);
    const run = await ran(2);
    assert.equal(run.job.id.split('/')[0], 'n');
    assert.equal(runs[0]?.signal.aborted, true);
    await deliverNext(run);
    await second;
    run.end();
    const rest = await ran(3);
    assert.equal(rest.job.id.split('/')[0], 'm', 'though nobody waits for it any more');
    rest.end();
    await until(() => api.desk.stats().queued === 0);
  });

  test('with half of its tiles ready, a metatile is finished before another is begun', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const first = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    const run = await ran(1);
    for (const one of nativeTiles(run.job.metatile).slice(0, 8)) run.job.deliver(one, nothing);
    run.job.begun = true;
    await first;
    const second = api.desk.want(requestOf('n'), tile(1), PATIENCE);
    const looked = await looksOf(run);
    await until(() => looked() > 3);
    assert.equal(run.signal.aborted, false);
    run.end();
    await deliverNext(await ran(2));
    await second;
  });

  test('what was posted and is no good is computed', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const key = 'm/summer-2021/0/0/map';
    await openBoard().post(postName(key, tile(0)), Buffer.from('no tile'), 60_000);
    const asked = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    await deliverNext(await ran(1));
    assert.equal((await asked)?.scenes, 'scenes-1');
    assert.ok(api.warnings.some((warning) => warning.includes('no good')));
  });

  test('nothing new is taken while somebody has waited too long', async () => {
    const api = new Replica('api', false, { maxAgeMs: 50 });
    const leaving = new AbortController();
    const asked = api.desk.want(requestOf('m'), tile(0), { ...PATIENCE, signal: leaving.signal });
    asked.catch(() => undefined);
    let tries = 0;
    await until(async () => {
      tries += 1;
      const refused = await api.desk
        .want(requestOf(`n${tries}`), tile(0), { waitMs: 0 })
        .catch((error: unknown) => error);
      return code('queue-full')(refused);
    });
    // For what is waited for already there is always room.
    await assert.rejects(api.desk.want(requestOf('m'), tile(1), { waitMs: 0 }), code('not-ready'));
    leaving.abort();
  });

  test('an order is taken by the smallest queue', async () => {
    const warm = new Replica('warm', false, { limit: 1 });
    new Replica('worker', true);
    const ordered = warm.desk.order(requestOf('w'), { class: 'warming', owner: 'warming' });
    (await ran(1)).end();
    await ordered;
  });

  test('a closing worker gives its metatile back, and another goes on with it', async () => {
    const api = new Replica('api', false);
    const first = new Replica('first', true);
    const asked = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    await ran(1);
    await first.desk.close(0);
    new Replica('second', true);
    const again = await ran(2);
    assert.equal(again.replica, 'second');
    await deliverNext(again);
    assert.equal(await asked.then((products) => products?.scenes), 'scenes-1');
  });

  test('without Redis who computes goes on alone, and an api says so', async () => {
    const all = new Replica('all', true);
    const api = new Replica('api', false);
    const waiting = all.desk.want(requestOf('w'), tile(1), PATIENCE);
    const shared = await ran(1);
    await redis.kill();
    try {
      const asked = all.desk.want(requestOf('m'), tile(0), PATIENCE);
      await assert.rejects(api.desk.want(requestOf('m'), tile(0), PATIENCE), code('queue-unavailable'));
      // It is in the same queue of the process: one at a time.
      shared.job.begun = true;
      shared.job.deliver(tile(1), nothing);
      assert.equal((await waiting)?.scenes, 'scenes-1', 'what was waited for through Redis comes without it');
      const alone = await ran(2);
      assert.equal(alone.job.id.split('/')[0], 'm');
      alone.job.deliver(tile(0), nothing);
      assert.equal(await asked, nothing);
      alone.end();
      const rest = await ran(3);
      assert.equal(rest.job, shared.job, 'what gave way goes on');
      rest.end();
    } finally {
      await redis.start();
    }
    const back = api.desk;
    await until(async () => {
      const found = await back.want(requestOf('x'), tile(0), { waitMs: 0 }).catch((error: unknown) => error);
      return code('not-ready')(found);
    });
    const shared2 = await eventuallyRun('x');
    await deliverNext(shared2);
  });

  test('a worker that cannot ask who waits does all of it, once, and takes the next', async () => {
    let deaf = true;
    const api = new Replica('api', false);
    new Replica('worker', true, { deaf: () => deaf });
    const asked = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    const run = await ran(1);
    deaf = false;
    await deliverNext(run);
    assert.equal((await asked)?.scenes, 'scenes-1');
    run.end();
    const next = api.desk.want(requestOf('n'), tile(0), PATIENCE);
    await deliverNext(await eventuallyRun('n'));
    assert.equal((await next)?.scenes, 'scenes-1');
    assert.equal(runs.length, 2);
  });

  test('what an api waits for comes with the archive, also where Redis is gone by then', async () => {
    const api = new Replica('api', false);
    new Replica('worker', true);
    const asked = api.desk.want(requestOf('m'), tile(0), PATIENCE);
    await ran(1);
    await redis.kill();
    try {
      api.archived = true;
      assert.equal(await asked, null);
    } finally {
      await redis.start();
    }
  });

  /** How often its worker has looked who wants what. */
  const looksOf = async ({ job }: Run): Promise<() => number> => {
    let looks = 0;
    const standing = job.standing.bind(job);
    job.standing = () => {
      looks += 1;
      return standing();
    };
    return () => looks;
  };
  const eventuallyRun = async (name: string): Promise<Run> => {
    const find = (): Run | undefined => runs.find(({ job }) => job.id.startsWith(`${name}/`));
    await until(() => find() !== undefined);
    return find() as Run;
  };
  const openBoard = (): ReturnType<typeof openRedisBoard> => {
    const board = openRedisBoard({ url: redis.url, prefix: `test${prefix}`, warn: () => undefined });
    boards.push(board);
    return board;
  };
  const boards: ReturnType<typeof openRedisBoard>[] = [];
  afterEach(async () => {
    await Promise.all(boards.splice(0).map((board) => board.close()));
  });
});
