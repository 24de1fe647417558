import { constants, getPriority, setPriority } from 'node:os';

/**
 * This thread goes after those of usual priority: of its own process the main thread, which answers requests, first of all. Linux has a
 * priority for each thread (sched(7), "the nice value is a per-thread attribute"); elsewhere it is the process's, and stays as it is.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    // A command that has lowered its own altogether is not raised.
    if (getPriority() < constants.priority.PRIORITY_BELOW_NORMAL) {
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    }
  } catch {
    // Where it is forbidden, it goes on as it is.
  }
}
