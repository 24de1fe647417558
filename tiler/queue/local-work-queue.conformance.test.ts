import { describe } from 'node:test';
import { LocalWorkQueue } from './local-work-queue.js';
import { workQueueConformance } from './work-queue.conformance.js';

describe('the work queue of one process', () => {
  workQueueConformance('local', async (options) => ({
    queue: new LocalWorkQueue({ ...options, now: () => performance.now() }),
    close: async () => undefined,
  }));
});
