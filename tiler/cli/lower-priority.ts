import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * This process goes after the others of the machine: a server beside it answers as if it were not there. Threads that are
 * started later inherit it; on Linux each thread has its own, so those that run already are named one by one.
 */
export function lowerPriority(): void {
  let threads: readonly number[] = [0];
  try {
    threads = readdirSync('/proc/self/task').map(Number);
  } catch {
    // Elsewhere it is the process's.
  }
  for (const thread of threads) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // A thread that has ended; and where it is forbidden, it goes on as it is.
    }
  }
}
