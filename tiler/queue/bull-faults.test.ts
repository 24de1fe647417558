import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { describeOnRedis } from '../../cache/redis-server.js';
import { cuttableWay, finalEnds, onBullStage } from './bull-stage.js';
import { eventually } from './eventually.js';
import { BOARD_TIMEOUT_MS } from './shared-board.js';
import { HeldRuns, metatileWork } from './work-queue.conformance.js';

const unavailable = { code: 'queue-unavailable' };

/** Not a measure of speed: that a call ends by its own time-out. */
async function endsByItself(call: Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await assert.rejects(call, unavailable);
  assert.ok(performance.now() - begun < 5 * BOARD_TIMEOUT_MS);
}

/** All is well again within 10 s of the fault's end. */
const recovered = (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(what, isSo, 10_000);

async function commandsOf(url: string): Promise<number> {
  const client = new Redis(url);
  const stats = await client.info('stats');
  client.disconnect();
  return Number(/^total_commands_processed:(\d+)/m.exec(stats)?.[1]);
}

/** Until nothing fits; what it gives takes all of it away again. */
async function fill(url: string): Promise<() => Promise<void>> {
  const client = new Redis(url);
  const keys: string[] = [];
  for (const size of [50_000, 1_000, 10]) {
    try {
      for (;;) {
        const key = `filler${keys.length}`;
        await client.set(key, 'x'.repeat(size));
        keys.push(key);
      }
    } catch (error) {
      assert.match(String(error), /OOM/);
    }
  }
  return async () => {
    await client.del(...keys);
    client.disconnect();
  };
}

describeOnRedis('faults of the shared queue’s Redis', () => {
  test('away at the start: asking is refused, and all goes on by itself when it is there', async () => {
    await onBullStage(async ({ redis, open, warnings }) => {
      await redis.kill();
      const queue = open();
      const ends = finalEnds(queue);
      queue.serve('metatile', { run: async () => 'made' });
      await endsByItself(queue.add(metatileWork('a')));
      await endsByItself(queue.state('metatile', 'a'));
      assert.deepEqual(queue.stats(), { queued: 0, running: 0 });
      assert.equal(await queue.waitingBetter('metatile', 'warming'), false);
      await redis.start();
      await recovered('it is taken', async () => (await queue.add(metatileWork('a'))) === 'added');
      await recovered('it is done', () => ends.length > 0);
      assert.equal(ends[0]?.result, 'made');
      const said = warnings.map(({ message }) => message);
      assert.deepEqual(said, [...new Set(said)]);
      assert.ok(said.length > 0);
    });
  });

  test('killed in the middle, and empty after: what runs is not interrupted, adding works again, workers go on', async () => {
    await onBullStage(async ({ redis, open, warnings }) => {
      const held = new HeldRuns();
      const queue = open();
      const ends = finalEnds(queue);
      queue.serve('metatile', held);
      await queue.add(metatileWork('a'));
      await queue.add(metatileWork('lost'));
      await held.until('a');
      await redis.kill();
      await endsByItself(queue.add(metatileWork('b')));
      await redis.start();
      await recovered('it answers', async () => (await queue.state('metatile', 'lost')) === 'none');
      assert.equal(await queue.add(metatileWork('b')), 'added');
      // Its lock is renewed a few times meanwhile, in vain: nobody else has it.
      await eventually(
        'Redis holds the new work',
        async () => (await queue.state('metatile', 'b')) === 'waiting',
      );
      held.finish('a', () => 'not interrupted');
      await held.until('b');
      held.finish('b');
      await recovered('the new work is done', () => ends.some(({ key }) => key === 'b'));
      assert.deepEqual(held.begun, ['a', 'b']);
      const said = warnings.map(({ message }) => message);
      assert.deepEqual(said, [...new Set(said)]);
    });
  });

  test('silent for a while: calls end, and what runs goes on', async () => {
    await onBullStage(async ({ redis, open }) => {
      const held = new HeldRuns();
      const queue = open({ lockMs: 30_000 });
      const ends = finalEnds(queue);
      queue.serve('metatile', {
        run: async (work, context) => (work.key === 'a' ? held.run(work, context) : undefined),
      });
      await queue.add(metatileWork('a'));
      await held.until('a');
      redis.freeze();
      await Promise.all([
        endsByItself(queue.add(metatileWork('b'))),
        endsByItself(queue.state('metatile', 'a')),
      ]);
      held.finish('a', () => 'made');
      redis.thaw();
      await recovered('it is done', () => ends.some(({ key }) => key === 'a'));
      assert.equal(ends.find(({ key }) => key === 'a')?.result, 'made');
      await eventually('it is taken', async () => (await queue.add(metatileWork('c'))) === 'added');
      await recovered('another is done', () => ends.some(({ key }) => key === 'c'));
    });
  });

  test('silent for longer than locks last: nothing runs twice at once here, and its end is told', async () => {
    await onBullStage(async ({ redis, open }) => {
      const held = new HeldRuns();
      const queue = open({ lockMs: 500, stalledMs: 100 });
      const ends = finalEnds(queue);
      queue.serve('metatile', { atOnce: 2, run: held.run });
      await queue.add(metatileWork('a'));
      await held.until('a');
      redis.freeze();
      await endsByItself(queue.state('metatile', 'a'));
      redis.thaw();
      // Its lock has ended meanwhile: it is found to be without a process, and taken by this one again, which has it already.
      const client = new Redis(redis.url);
      await eventually(
        'it was taken again',
        async () => Number(await client.hget('bull:test-metatile:w-a', 'stc')) > 0,
      );
      client.disconnect();
      await eventually('it runs', async () => (await queue.state('metatile', 'a')) === 'running');
      assert.deepEqual(held.begun, ['a']);
      held.finish('a', () => 'made');
      await eventually('it is done', () => ends.length === 1);
      assert.equal(ends[0]?.result, 'made');
      assert.deepEqual(held.begun, ['a']);
    });
  });

  test('ends that are told while the connection is lost are heard when it is back', async () => {
    await onBullStage(async ({ redis, open }) => {
      const way = await cuttableWay(redis.port);
      const far = open({ url: way.url });
      const near = open();
      const heard = finalEnds(far);
      await far.add(metatileWork('a'));
      await way.cut();
      const ends = finalEnds(near);
      await near.add(metatileWork('b'));
      near.serve('metatile', { run: async () => 'made' });
      await eventually('both are done', () => ends.length === 2);
      assert.equal(heard.length, 0);
      await way.mend();
      await recovered('both are heard of', () => heard.length === 2);
      assert.deepEqual(heard, ends);
      await far.close(0);
      await way.cut();
    });
  });

  test('a network that swallows everything and closes nothing: each connection is given up for a new one', async () => {
    await onBullStage(async ({ redis, open }) => {
      const way = await cuttableWay(redis.port);
      const queue = open({ url: way.url });
      const ends = finalEnds(queue);
      queue.serve('metatile', { run: async () => 'made' });
      await queue.add(metatileWork('a'));
      await eventually('it is done', () => ends.length === 1);
      way.swallow();
      await endsByItself(queue.state('metatile', 'a'));
      await recovered('it is taken', async () => (await queue.add(metatileWork('b'))) === 'added');
      await recovered('it is done, and heard of', () => ends.some(({ key }) => key === 'b'));
      await queue.close(0);
      await way.cut();
    });
  });

  test('full: new work is refused with the reason; what waits is done when there is room again', async () => {
    await onBullStage(
      async ({ redis, open, warnings }) => {
        const queue = open();
        const ends = finalEnds(queue);
        for (let i = 0; i < 5; i += 1) await queue.add(metatileWork(`a${i}`));
        const emptied = await fill(redis.url);
        await assert.doesNotReject(queue.state('metatile', 'a0'));
        let added = 0;
        await assert.rejects(
          async () => {
            for (; ; added += 1) await queue.add(metatileWork(`b${added}`));
          },
          (error) => error instanceof Error && /full/.test(error.message),
        );
        queue.serve('metatile', { run: async () => 'made' });
        // BullMQ asks again as fast as it is answered, thousands of times a second; a worker that is held back a few times.
        await eventually('a worker is refused', () =>
          warnings.some(({ context }) => /OOM/.test(String(context['error']))),
        );
        const before = await commandsOf(redis.url);
        await sleep(1_000);
        const asked = (await commandsOf(redis.url)) - before;
        assert.ok(asked < 500, `${asked} commands`);
        await emptied();
        await recovered('all that waited is done', () => ends.length === 5 + added);
        await recovered('there is room', async () => (await queue.add(metatileWork('c'))) === 'added');
        await eventually('it is done', () => ends.some(({ key }) => key === 'c'));
        const said = warnings.map(({ message }) => message);
        assert.deepEqual(said, [...new Set(said)]);
      },
      '--maxmemory',
      '6mb',
      '--maxmemory-policy',
      'noeviction',
    );
  });

  test('a Redis that evicts is named once', async () => {
    await onBullStage(
      async ({ open, warnings }) => {
        const queue = open();
        await eventually('it is said', () => warnings.length > 0);
        assert.match(warnings[0]?.message ?? '', /noeviction/);
        assert.deepEqual(warnings[0]?.context, { policy: 'allkeys-lru' });
        assert.equal(await queue.add(metatileWork('a')), 'added');
        assert.equal(warnings.length, 1);
      },
      '--maxmemory',
      '100mb',
      '--maxmemory-policy',
      'allkeys-lru',
    );
  });
});
