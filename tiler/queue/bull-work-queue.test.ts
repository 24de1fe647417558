import { after, before } from 'node:test';
import { describeOnRedis, startRedis, type RedisServer } from '../../cache/redis-server.js';
import { openBullWorkQueue } from './bull-work-queue.js';
import { workQueueConformance } from './work-queue.conformance.js';

describeOnRedis('the work queue on BullMQ', () => {
  let server: RedisServer;
  let used = 0;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  workQueueConformance('bull', async (options) => {
    used += 1;
    const queue = openBullWorkQueue({
      url: server.url,
      prefix: `t${used}`,
      warn: () => undefined,
      ...options,
    });
    return { queue, close: async () => undefined };
  });
});
