import { randomUUID } from 'node:crypto';
import { Queue, QueueEventsProducer, type Job } from 'bullmq';
import { GeoCropError, isGeoCropError, messageOf } from '../../engine/errors.js';
import { BullWorker, type BullData } from './bull-worker.js';
import { jobIdOf, keyOfJob } from './job-id.js';
import { QueueRoom } from './queue-room.js';
import { quietWarn, type Warn } from './quiet-warn.js';
import { openRedisLink, unavailable, within, type RedisLink } from './redis-link.js';
import { readStreams, type StreamReader } from './stream-reader.js';
import { BOARD_TIMEOUT_MS } from './shared-board.js';
import { decodeFailure, encodeFailure } from './work-failure.js';
import { ATTEMPTS, type QueueStats, type WorkEnd, type WorkHandler, type WorkQueue } from './work-queue.js';
import { WORK_CLASSES, type Work, type WorkClass, type WorkKind, type WorkPayloads } from './work.js';

export interface BullWorkQueueOptions {
  /** `redis://[:password@]host[:port][/database]`, of a Redis that evicts nothing. */
  readonly url: string;
  /** Of the queues' names; default `geocrop`. No `:`. */
  readonly prefix?: string;
  /** How much may wait, of all kinds, in all processes. */
  readonly limit: number;
  readonly warn: Warn;
  /** How long a process may be silent before its work is given to another; default 10 s. */
  readonly lockMs?: number;
  /** Between looks for work whose process is silent; default 3 s. */
  readonly stalledMs?: number;
  /** After the first failed attempt, the second, …; default 2 s, 8 s. */
  readonly backoffMs?: readonly number[];
  readonly now?: () => number;
}

export interface BullWorkQueue extends WorkQueue {
  /** Whether work of a kind waits that is of a better class than `workClass`; false where Redis does not answer. */
  waitingBetter(kind: WorkKind, workClass: WorkClass): Promise<boolean>;
}

/** Entries of each queue's stream of events, some five for each piece of work: what a process can miss and still catch up on. */
const EVENTS_KEPT = 10_000;
/** Our own in that stream. */
const FAILED_ONCE = 'failed-once';
/** How often work that ends just while it is added is added again, and how often a raise is made good. */
const ADD_TRIES = 5;

/**
 * The best priority that anybody has asked for, noted in the job: two processes that raise a job at the same time cannot lower it.
 * KEYS: the job. ARGV: the priority asked for. Gives the best and the one that it has; nothing where there is no such job.
 */
const NOTE_PRIORITY = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local is = tonumber(redis.call('HGET', KEYS[1], 'priority') or 0)
local best = math.min(tonumber(redis.call('HGET', KEYS[1], 'asked') or is), tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'asked', best)
return { best, is }`;

const KINDS = Object.keys({ metatile: true, point: true } satisfies Record<WorkKind, true>) as WorkKind[];

/** BullMQ serves 1 first; 0 would be before all, and is what BullMQ gives to work whose process died. */
const priorityOf = (workClass: WorkClass): number => WORK_CLASSES.indexOf(workClass) + 1;
const classOf = (priority: number): WorkClass => WORK_CLASSES[priority - 1] ?? 'begun';

/** Opens at once, also where Redis is away: it is used as soon as it is there. */
export function openBullWorkQueue(options: BullWorkQueueOptions): BullWorkQueue {
  return new BullMqWorkQueue(options);
}

class BullMqWorkQueue implements BullWorkQueue {
  private readonly warn: Warn;
  private readonly link: RedisLink;
  private readonly queues: Readonly<Record<WorkKind, Queue<BullData>>>;
  private readonly told: Readonly<Record<WorkKind, QueueEventsProducer>>;
  private readonly workers = new Map<WorkKind, BullWorker>();
  private readonly listeners = new Set<(end: WorkEnd) => void>();
  private readonly ends: StreamReader;
  private readonly room: QueueRoom;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: BullWorkQueueOptions) {
    const { url, limit, now = Date.now } = options;
    this.warn = quietWarn(options.warn, now);
    this.link = openRedisLink(url, this.warn);
    const base = { connection: this.link.client, skipVersionCheck: true };
    this.queues = eachKind((kind) => {
      const queue = new Queue<BullData>(this.nameOf(kind), {
        ...base,
        streams: { events: { maxLen: EVENTS_KEPT } },
      });
      return this.quiet(queue);
    });
    this.told = eachKind((kind) => this.quiet(new QueueEventsProducer(this.nameOf(kind), base)));
    const streams = new Map(KINDS.map((kind) => [this.queues[kind].toKey('events'), kind]));
    this.ends = readStreams(
      url,
      [...streams.keys()],
      (stream, fields) => this.hear(streams.get(stream) as WorkKind, fields),
      this.warn,
    );
    this.room = new QueueRoom(limit, () => this.countWaiting(), now);
    this.link.client.once('ready', () => void this.checkPolicy());
  }

  async add(work: Work): Promise<'added' | 'known'> {
    if (this.closing !== undefined) throw new GeoCropError('shutting-down', 'This process ends.');
    try {
      return await within(BOARD_TIMEOUT_MS, () => this.addOrRaise(work));
    } catch (error) {
      throw isGeoCropError(error) ? error : unavailable(error);
    }
  }

  private async addOrRaise(work: Work): Promise<'added' | 'known'> {
    // Before that, its end could be missed.
    await Promise.all([this.link.ask(async () => undefined), this.ends.placed]);
    const queue = this.queues[work.kind];
    const id = jobIdOf(work.key);
    const priority = priorityOf(work.class);
    for (let tries = 0; tries < ADD_TRIES; tries += 1) {
      let job = await this.link.ask(() => queue.getJob(id));
      if (job === undefined) {
        await this.room.check(work.class);
        const by = randomUUID();
        await this.link.ask(() => this.put(queue, id, work, by));
        this.room.added();
        // BullMQ does not say whether it was there: another process may have been faster.
        job = await this.link.ask(() => queue.getJob(id));
        if (job === undefined || job.data.by === by) return 'added';
      }
      if (await this.raise(queue, job, priority)) return 'known';
      // It ended in this moment: whoever asks now may have asked too late for that run.
    }
    throw unavailable();
  }

  serve<K extends WorkKind>(kind: K, handler: WorkHandler<K>): void {
    if (this.workers.has(kind)) throw new Error(`${kind} is served already`);
    const { url, lockMs = 10_000, stalledMs = 3_000, backoffMs = [2_000, 8_000] } = this.options;
    this.workers.set(
      kind,
      new BullWorker({
        url,
        queue: this.nameOf(kind),
        atOnce: handler.atOnce ?? 1,
        lockMs,
        stalledMs,
        backoffMs,
        warn: this.warn,
        classOf,
        priorityOf,
        run: (work, context) =>
          handler.run({ kind, ...work, payload: work.payload as WorkPayloads[K] }, context),
        failedOnce: (jobId, failure) => {
          const event = { eventName: FAILED_ONCE, jobId, failedReason: encodeFailure(failure) };
          this.link.ask(() => this.told[kind].publishEvent(event, EVENTS_KEPT)).catch(() => undefined);
        },
      }),
    );
  }

  subscribe(listener: (end: WorkEnd) => void): () => void {
    const own = (end: WorkEnd): void => listener(end);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  async state(kind: WorkKind, key: string): Promise<'waiting' | 'running' | 'none'> {
    const state = await this.link.ask(() => this.queues[kind].getJobState(jobIdOf(key)));
    if (state === 'active') return 'running';
    return state === 'unknown' || state === 'completed' || state === 'failed' ? 'none' : 'waiting';
  }

  stats(): QueueStats {
    let running = 0;
    for (const worker of this.workers.values()) running += worker.running;
    return { queued: this.room.last, running };
  }

  async waitingBetter(kind: WorkKind, workClass: WorkClass): Promise<boolean> {
    const better = WORK_CLASSES.slice(0, WORK_CLASSES.indexOf(workClass)).map(priorityOf);
    if (better.length === 0) return false;
    try {
      const counts = await this.link.ask(() => this.queues[kind].getCountsPerPriority(better));
      return Object.values(counts).some((count) => count > 0);
    } catch {
      return false;
    }
  }

  close(graceMs: number): Promise<void> {
    this.closing ??= (async () => {
      await Promise.all([...this.workers.values()].map((worker) => worker.close(graceMs)));
      await this.ends.close();
      this.link.close();
      // They share our connection: there is nothing left to wait for.
      for (const kind of KINDS) {
        void this.queues[kind].close().catch(() => undefined);
        void this.told[kind].close().catch(() => undefined);
      }
    })();
    return this.closing;
  }

  private async put(queue: Queue<BullData>, id: string, work: Work, by: string): Promise<void> {
    await queue.add(
      work.kind,
      { payload: work.payload, owner: work.owner, by },
      {
        jobId: id,
        priority: priorityOf(work.class),
        attempts: ATTEMPTS,
        backoff: { type: 'custom' },
        // An id is passed over while any job has it, an ended one too.
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    );
  }

  /** False where the job is gone. */
  private async raise(queue: Queue<BullData>, job: Job<BullData>, priority: number): Promise<boolean> {
    if (job.priority <= priority) return true;
    for (let tries = 0; tries < ADD_TRIES; tries += 1) {
      const noted = await this.link.ask((redis) =>
        redis.eval(NOTE_PRIORITY, 1, queue.toKey(job.id as string), priority),
      );
      const [best, is] = noted as number[];
      if (best === undefined || is === undefined) return false;
      if (is <= best) return true;
      // Both throw where the job has just been taken, or has ended: the note says which.
      await this.link.ask(async () => {
        await refusal(job.changePriority({ priority: best }));
        await refusal(job.promote());
      });
    }
    return true;
  }

  private async countWaiting(): Promise<number> {
    const counts = await this.link.ask(() =>
      Promise.all(
        KINDS.map((kind) => this.queues[kind].getJobCountByTypes('waiting', 'prioritized', 'delayed')),
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private hear(kind: WorkKind, fields: ReadonlyMap<string, string>): void {
    const end = endOf(kind, fields);
    if (end === undefined) return;
    for (const listener of this.listeners) {
      try {
        listener(end);
      } catch (error) {
        this.warn('a listener of the work queue failed', { error: messageOf(error) });
      }
    }
  }

  private async checkPolicy(): Promise<void> {
    try {
      const info = await this.link.ask((redis) => redis.info('memory'));
      const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
      if (policy === 'noeviction') return;
      this.warn('the shared queue’s Redis may drop work: set its maxmemory-policy to noeviction', { policy });
    } catch {
      // Not answered, or not allowed: nothing is known against it.
    }
  }

  private nameOf(kind: WorkKind): string {
    return `${this.options.prefix ?? 'geocrop'}-${kind}`;
  }

  /** Their connection is ours, which says what is wrong with it. */
  private quiet<Q extends { on(event: 'error', listener: (error: Error) => void): unknown }>(queue: Q): Q {
    queue.on('error', () => undefined);
    return queue;
  }
}

function eachKind<T>(make: (kind: WorkKind) => T): Record<WorkKind, T> {
  return Object.fromEntries(KINDS.map((kind) => [kind, make(kind)])) as Record<WorkKind, T>;
}

/** BullMQ writes these entries in the same step as it moves the job: whoever still finds the job will hear of its end. */
function endOf(kind: WorkKind, fields: ReadonlyMap<string, string>): WorkEnd | undefined {
  const event = fields.get('event');
  const key = keyOfJob(fields.get('jobId') ?? '');
  if (event === 'completed') {
    const { result } = JSON.parse(fields.get('returnvalue') ?? '{}') as { result?: unknown };
    return { kind, key, outcome: 'done', final: true, ...(result === undefined ? {} : { result }) };
  }
  if (event !== 'failed' && event !== FAILED_ONCE) return undefined;
  const error = decodeFailure(fields.get('failedReason') ?? '');
  return { kind, key, outcome: 'failed', final: event === 'failed', error };
}

/** Lets pass what BullMQ throws by itself, with a negative code: the job is not where it was. */
async function refusal(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'number') throw error;
  }
}
