import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describeOnRedis } from '../../cache/redis-server.js';
import { finalEnds, onBullStage } from './bull-stage.js';
import { eventually } from './eventually.js';
import { GiveBack } from './give-back.js';
import { jobIdOf } from './job-id.js';
import { MOST_STALLS } from './work-failure.js';
import { HeldRuns, metatileWork } from './work-queue.conformance.js';

describeOnRedis('work of several processes', () => {
  test('a process that is killed in the middle: another does its work, and its end is told once', async () => {
    await onBullStage(async ({ open, child }) => {
      const here = open();
      const ends = finalEnds(here);
      const dying = await child('hang');
      await here.add(metatileWork('a'));
      await dying.begun('a');
      await dying.kill();
      assert.equal(await here.state('metatile', 'a'), 'running');
      here.serve('metatile', { run: async (_, { attempt }) => attempt });
      await eventually('it is done', () => ends.length === 1);
      assert.deepEqual(ends, [{ kind: 'metatile', key: 'a', outcome: 'done', final: true, result: 1 }]);
      assert.equal(await here.state('metatile', 'a'), 'none');
    });
  });

  test('work that kills whoever does it ends with a reason, and can be asked for again', async () => {
    await onBullStage(async ({ open, child }) => {
      const here = open();
      const ends = finalEnds(here);
      await here.add(metatileWork('deadly', 'warming'));
      let deaths = 0;
      while (ends.length === 0) {
        const victim = await child('die');
        await eventually(
          'it dies, or the work has ended',
          () => ends.length > 0 || victim.process.signalCode !== null,
        );
        if (victim.process.signalCode !== null) deaths += 1;
        assert.ok(deaths <= MOST_STALLS + 1, `${deaths} deaths`);
      }
      assert.equal(deaths, MOST_STALLS + 1);
      assert.equal(ends[0]?.outcome, 'failed');
      assert.equal(ends[0]?.error?.code, 'internal');
      assert.match(ends[0]?.error?.message ?? '', /ended without a word/);
      assert.equal(await here.add(metatileWork('deadly', 'warming')), 'added');
    });
  });

  test('many processes, the same work: each piece is done once, and all hear of it', async () => {
    await onBullStage(async ({ open, child }) => {
      const [here, there] = [open(), open()];
      const heard = [finalEnds(here), finalEnds(there)];
      const keys = Array.from({ length: 60 }, (_, i) => `12/${i}/7`);
      const answers = await Promise.all(
        keys.flatMap((key) => [here, there].map((queue) => queue.add(metatileWork(key)))),
      );
      assert.equal(answers.filter((answer) => answer === 'added').length, keys.length);
      const children = await Promise.all([child('finish'), child('finish')]);
      await eventually('all are done', () => heard.every((ends) => ends.length >= keys.length));
      for (const key of keys) assert.equal(await here.state('metatile', key), 'none');
      const begun = children.flatMap(({ lines }) => lines.filter((line) => line.startsWith('begun')));
      assert.deepEqual(begun.sort(), keys.map((key) => `begun ${key}`).sort());
      assert.deepEqual(
        heard[0]?.map(({ key }) => key),
        heard[1]?.map(({ key }) => key),
      );
      assert.ok(heard.every((ends) => ends.length === keys.length));
      assert.ok(heard.flat().every(({ outcome }) => outcome === 'done'));
    });
  });

  test('one piece, asked for by all while it runs, is done by one', async () => {
    await onBullStage(async ({ open, child }) => {
      const held = new HeldRuns();
      // A machine with no time to spare must not make it another's.
      const here = open({ lockMs: 60_000 });
      here.serve('metatile', held);
      const ends = finalEnds(here);
      await here.add(metatileWork('a'));
      await held.until('a');
      const children = [await child('finish'), await child('finish')];
      for (const one of children) one.add('a', 'a', 'a');
      await Promise.all(Array.from({ length: 20 }, () => here.add(metatileWork('a'))));
      // Who asks when it has ended has it done again.
      await eventually('all have asked', () =>
        children.every(({ lines }) => lines.filter((line) => line === 'asked a').length === 3),
      );
      held.finish('a', () => 'once');
      await eventually('it has ended', () => ends.length === 1);
      assert.deepEqual(ends[0]?.result, 'once');
      assert.equal(await here.state('metatile', 'a'), 'none');
      assert.ok(children.every(({ lines }) => !lines.includes('begun a')));
    });
  });

  test('two replicas that raise the same work at once cannot lower it', async () => {
    await onBullStage(async ({ open }) => {
      const held = new HeldRuns();
      const [here, there] = [open(), open()];
      here.serve('metatile', held);
      await here.add(metatileWork('first'));
      await held.until('first');
      for (let i = 0; i < 30; i += 1) {
        await here.add(metatileWork(`begun${i}`, 'begun'));
        await here.add(metatileWork(`${i}`, 'warming'));
        await Promise.all([
          there.add(metatileWork(`${i}`, 'job')),
          here.add(metatileWork(`${i}`, 'waited')),
          there.add(metatileWork(`${i}`, 'begun')),
          here.add(metatileWork(`${i}`, 'job')),
        ]);
      }
      held.finish('first');
      for (let place = 1; place <= 30; place += 1) {
        await eventually('the next has begun', () => held.begun.length > place);
        assert.match(held.begun[place] as string, /^\d+$/);
        held.finish(held.begun[place] as string);
      }
    });
  });

  test('a raise that comes late, with what it read before a better one, is made good', async () => {
    await onBullStage(async ({ open, redis }) => {
      const held = new HeldRuns();
      const queue = open();
      queue.serve('metatile', held);
      await queue.add(metatileWork('first'));
      await held.until('first');
      await queue.add(metatileWork('begun', 'begun'));
      await queue.add(metatileWork('raised', 'warming'));
      await queue.add(metatileWork('raised', 'waited'));
      // What a replica does that saw it as warming, and was slow.
      const connection = new Redis(redis.url);
      const late = new Queue('test-metatile', { connection });
      await (await late.getJob(jobIdOf('raised')))?.changePriority({ priority: 4 });
      await queue.add(metatileWork('raised', 'job'));
      held.finish('first');
      await held.until('raised');
      assert.deepEqual(held.begun, ['first', 'raised']);
      await late.close();
      connection.disconnect();
    });
  });

  test('a process that stopped for too long loses its work to another, and is told', async () => {
    await onBullStage(async ({ open, child }) => {
      const here = open();
      const ends = finalEnds(here);
      const slow = await child('hang');
      await here.add(metatileWork('a'));
      await slow.begun('a');
      slow.process.kill('SIGSTOP');
      const held = new HeldRuns();
      here.serve('metatile', held);
      await held.until('a');
      slow.process.kill('SIGCONT');
      await eventually('it is interrupted', () => slow.lines.includes('aborted a'));
      held.finish('a', () => 'here');
      await eventually('it is done', () => ends.length === 1);
      assert.equal(ends[0]?.result, 'here');
      assert.equal(await slow.close(), 0);
    });
  });

  test('what waits outlives all processes', async () => {
    await onBullStage(async ({ open }) => {
      const gone = open();
      await gone.add(metatileWork('a', 'warming'));
      await gone.close(0);
      const later = open();
      const ends = finalEnds(later);
      assert.equal(await later.add(metatileWork('a', 'warming')), 'known');
      later.serve('metatile', { run: async () => 'later' });
      await eventually('it is done', () => ends.length === 1);
    });
  });

  test('a process that closes gives its work back at once, and ends by itself', async () => {
    await onBullStage(async ({ open, child }) => {
      const here = open({ lockMs: 600_000, stalledMs: 600_000 });
      const leaving = await child('hang');
      await here.add(metatileWork('a'));
      await leaving.begun('a');
      const held = new HeldRuns();
      here.serve('metatile', held);
      assert.equal(await leaving.close(), 0);
      assert.deepEqual(leaving.lines.slice(-2), ['aborted a', 'closed']);
      await held.until('a');
      held.finish('a');
    });
  });

  test('a process that closes while Redis is away or silent ends by itself too', async () => {
    for (const fault of ['kill', 'freeze'] as const) {
      await onBullStage(async ({ child, redis }) => {
        const leaving = await child('hang');
        leaving.add('a');
        await leaving.begun('a');
        if (fault === 'kill') await redis.kill();
        else redis.freeze();
        assert.equal(await leaving.close(), 0);
        redis.thaw();
      });
    }
  });

  test('what is given back to a lower class waits there, until it is raised again', async () => {
    await onBullStage(async ({ open }) => {
      const held = new HeldRuns();
      const queue = open();
      const classes: string[] = [];
      queue.serve('metatile', {
        run: (work, context) => {
          classes.push(`${work.key} ${work.class}`);
          return held.run(work, context);
        },
      });
      const giveBack = (): never => {
        throw new GiveBack(undefined, 'begun');
      };
      await queue.add(metatileWork('a', 'waited'));
      await held.until('a');
      await queue.add(metatileWork('p1', 'waited'));
      held.finish('a', giveBack);
      await held.until('p1');
      await queue.add(metatileWork('p2', 'waited'));
      held.finish('p1');
      await held.until('p2');
      await queue.add(metatileWork('p3', 'waited'));
      await queue.add(metatileWork('j', 'job'));
      assert.equal(await queue.add(metatileWork('a', 'warming')), 'known');
      held.finish('p2');
      await held.until('p3');
      held.finish('p3');
      await held.until('a');
      held.finish('a', giveBack);
      await held.until('a');
      assert.equal(await queue.add(metatileWork('a', 'waited')), 'known');
      held.finish('a');
      await held.until('j');
      held.finish('j');
      const expected = ['a waited', 'p1 waited', 'p2 waited', 'p3 waited', 'a begun', 'a begun', 'j job'];
      assert.deepEqual(classes, expected);
    });
  });

  test('whether better work waits', async () => {
    await onBullStage(async ({ open }) => {
      const queue = open();
      await queue.add(metatileWork('w', 'warming'));
      assert.equal(await queue.waitingBetter('metatile', 'warming'), false);
      await queue.add(metatileWork('j', 'job'));
      assert.equal(await queue.waitingBetter('metatile', 'warming'), true);
      assert.equal(await queue.waitingBetter('metatile', 'job'), false);
      assert.equal(await queue.waitingBetter('point', 'warming'), false);
      await queue.add(metatileWork('p', 'waited'));
      assert.equal(await queue.waitingBetter('metatile', 'begun'), true);
      assert.equal(await queue.waitingBetter('metatile', 'waited'), false);
    });
  });

  test('orders of nobody who waits leave a quarter of the room to people, in all processes', async () => {
    await onBullStage(async ({ open }) => {
      const [here, there] = [open({ limit: 8 }), open({ limit: 8 })];
      for (let i = 0; i < 6; i += 1) await here.add(metatileWork(`w${i}`, 'warming'));
      const full = { code: 'queue-full' };
      await eventually('the other process knows', () => there.stats().queued === 6);
      await assert.rejects(here.add(metatileWork('w', 'warming')), full);
      await assert.rejects(there.add(metatileWork('j', 'job')), full);
      await there.add(metatileWork('p1', 'waited'));
      await here.add(metatileWork('p2', 'waited'));
      await eventually('the other process knows', () => there.stats().queued === 8);
      await assert.rejects(there.add(metatileWork('p3', 'waited')), full);
      assert.equal(await there.add(metatileWork('w0', 'waited')), 'known');
    });
  });

  test('what has ended leaves nothing behind but a bounded stream of events', async () => {
    await onBullStage(async ({ open, redis }) => {
      const queue = open();
      const ends = finalEnds(queue);
      const client = new Redis(redis.url);
      const stream = 'bull:test-metatile:events';
      queue.serve('metatile', {
        run: async ({ key }) => {
          if (key === 'bad') throw new Error('bad');
        },
      });
      await queue.add(metatileWork('good'));
      await eventually('it has ended', () => ends.length === 1);
      const events = client.pipeline();
      for (let i = 0; i < 20_000; i += 1) events.xadd(stream, '*', 'event', 'old');
      await events.exec();
      await queue.add(metatileWork('bad'));
      await eventually('both have ended', () => ends.length === 2);
      assert.ok((await client.xlen(stream)) < 11_000, `${await client.xlen(stream)} events`);
      const left = await client.keys('*');
      assert.deepEqual(
        left.filter((key) => key.includes('w-')),
        [],
      );
      client.disconnect();
    });
  });
});
