import type { CogAnswer, CogJob } from '../jobs/job.js';

/** Who does jobs. */
export interface CogRunner {
  /**
   * @param signal the caller's patience: what nobody waits for is given up
   * @throws what jobs throw; deadline, queue-full, memory-limit, aborted, shutting-down
   */
  run(href: string, job: CogJob, signal: AbortSignal): Promise<CogAnswer>;
  /** What waits is refused, what runs is given up. */
  close(): Promise<void>;
}
