import { LRUCache } from 'lru-cache';
import type { MetatileJob } from './metatile-job.js';

/** An incomplete answer is kept this long, so that a map view does not compute it over and over. docs/architecture.md, "Failure". */
const INCOMPLETE_MS = 60_000;
/** A metatile's products are about 20 MB. */
const MOST = 4;

/** Metatiles that could not be made whole, or not be archived: served for a minute. */
export class JobShelf {
  readonly #jobs: LRUCache<string, MetatileJob>;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#jobs = new LRUCache({ max: MOST, ttl: INCOMPLETE_MS, ttlResolution: 0, perf: { now } });
  }

  put(job: MetatileJob): void {
    this.#jobs.set(job.id, job);
  }

  get(id: string): MetatileJob | undefined {
    return this.#jobs.get(id);
  }
}
