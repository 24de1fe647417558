import { setTimeout as wait } from 'node:timers/promises';
import type { Timers } from './scene-source.js';

/** The process's own clock. */
export const realTimers: Timers = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};
