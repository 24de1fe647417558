import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { describeOnRedis, startRedis } from './redis-server.js';

describeOnRedis('the Redis of the tests', () => {
  test('answers, freezes, is killed, and comes back empty at the same port', async () => {
    const server = await startRedis('--maxmemory', '4mb');
    const redis = new Redis(server.url, {
      commandTimeout: 2000,
      maxRetriesPerRequest: 20,
      retryStrategy: () => 20,
    });
    redis.on('error', () => undefined);
    try {
      await redis.set('a', '1');
      server.freeze();
      await assert.rejects(redis.get('a'), /timed out/i);
      server.thaw();
      assert.equal(await redis.get('a'), '1');
      await server.kill();
      await assert.rejects(redis.get('a'));
      await server.start();
      assert.equal(await redis.get('a'), null);
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});
