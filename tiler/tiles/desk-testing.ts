import { isGeoCropError } from '../../engine/errors.js';
import { LocalWorkQueue, type LocalWorkQueueOptions } from '../queue/local-work-queue.js';
import { LocalDesk, type JobResult } from './local-desk.js';
import type { MapDefinition } from './maps.js';
import type { MetatileRequest } from './metatile-desk.js';
import type { JobProducts, MetatileJob, Wanted } from './metatile-job.js';

export const nothing: JobProducts = {
  products: new Map(),
  incomplete: false,
  missing: [],
  timings: {},
  scenes: 'scenes-1',
};
const DONE: JobResult = { archived: true, missing: [] };

export function code(expected: string): (error: unknown) => boolean {
  return (error) => isGeoCropError(error) && error.code === expected;
}

export const tile = (x: number): { z: number; x: number; y: number } => ({ z: 14, x, y: 0 });

/** A metatile of that name, as far as a desk looks at it. */
export function requestOf(name: string): MetatileRequest {
  const definition = {
    mapDigest: name,
    seasonKey: 'summer-2021',
    key: { season: 'summer', year: 2021, model: 'none' },
  };
  return { definition: definition as MapDefinition, metatile: { z: 12, x: 0, y: 0 }, feature: null };
}

interface End {
  readonly resolve: (result?: JobResult) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** A desk whose jobs end when the test says so. */
export function handDesk(limit = 8, more: Partial<LocalWorkQueueOptions> = {}) {
  const clock = { now: 0 };
  const begun: string[] = [];
  const jobs = new Map<string, MetatileJob>();
  const ends = new Map<string, End>();
  const errors: unknown[] = [];
  const queue = new LocalWorkQueue({
    limit,
    now: () => clock.now,
    onError: (_, error) => errors.push(error),
    ...more,
  });
  const desk = new LocalDesk({
    queue,
    run: (job, signal) => {
      const [name = ''] = job.id.split('/');
      begun.push(name);
      jobs.set(name, job);
      return new Promise<JobResult>((resolve, reject) => {
        ends.set(name, { resolve: (result = DONE) => resolve(result), reject, signal });
        signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
      });
    },
    unfinished: { get: () => undefined },
    onQueued: () => undefined,
    now: () => clock.now,
  });
  /** The job of that name, as it runs or ran last. */
  const open = (name: string): MetatileJob => {
    const job = jobs.get(name);
    if (job === undefined) throw new RangeError(`${name} has not run`);
    return job;
  };
  const want = (name: string, wanted: Wanted, signal?: AbortSignal): Promise<JobProducts | null> =>
    desk.want(requestOf(name), wanted, { waitMs: 1e6, ...(signal === undefined ? {} : { signal }) });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return { clock, begun, ends, errors, queue, desk, open, want, settle };
}
