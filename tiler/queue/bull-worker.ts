import { setTimeout as sleep } from 'node:timers/promises';
import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { GeoCropError, messageOf } from '../../engine/errors.js';
import { GiveBack } from './give-back.js';
import { keyOfJob } from './job-id.js';
import type { Warn } from './quiet-warn.js';
import { LINK_OPTIONS, retryDelay } from './redis-link.js';
import { decodeFailure, encodeFailure, failureOf, MOST_STALLS } from './work-failure.js';
import { RETRIED, type WorkContext, type WorkFailure } from './work-queue.js';
import type { WorkClass } from './work.js';

/** What a job in BullMQ holds. */
export interface BullData {
  readonly payload: unknown;
  readonly owner: string;
  /** Of the call of `add` that made it. */
  readonly by: string;
}

export interface BullWorkerOptions {
  readonly url: string;
  /** BullMQ's name of the queue. */
  readonly queue: string;
  readonly atOnce: number;
  readonly lockMs: number;
  readonly stalledMs: number;
  /** Milliseconds to wait after the first failed attempt, the second, …; after those not named, as after the last. */
  readonly backoffMs: readonly number[];
  readonly warn: Warn;
  readonly classOf: (priority: number) => WorkClass;
  readonly priorityOf: (workClass: WorkClass) => number;
  run(
    work: {
      readonly key: string;
      readonly payload: unknown;
      readonly owner: string;
      readonly class: WorkClass;
    },
    context: WorkContext,
  ): Promise<unknown>;
  /** An attempt failed and is made again. Ends are in BullMQ's own stream. */
  failedOnce(jobId: string, failure: WorkFailure): void;
}

/** Milliseconds for what is interrupted to stop, and for its job to be handed back. */
const LEAVE_MS = 2_000;
/** Milliseconds after which a worker that Redis refuses, or that lost it, asks again. */
const RETRY_MS = 1_000;
/** Seconds that an idle worker waits for a signal that there is work before it looks by itself: the signal goes to one worker, which may die. */
const LOOK_S = 2;
/** A socket on which Redis owes an answer, silent for this long, is dead. Blocking reads are answered after 10 s at the latest. */
const SILENT_MS = 5_000;
const SILENT_BLOCKED_MS = 20_000;

/** `asked` is the note of BullWorkQueue's raising. Whoever waits for it raises it again. KEYS: the job. ARGV: its priority from now on. */
const LOWER = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'asked', ARGV[1], 'priority', ARGV[1]) end`;

interface Run {
  readonly controller: AbortController;
  /** Locks of the job that this process holds or held: more than one where it was lost in an outage, and taken again. */
  readonly tokens: Set<string>;
  readonly done: Promise<unknown>;
}

/** Takes jobs of one queue and runs them, until closed. */
export class BullWorker {
  private readonly runs = new Map<string, Run>();
  /** Until their job is settled on our side: BullMQ's part comes after. */
  private readonly held = new Set<Promise<unknown>>();
  private readonly clients: Redis[] = [];
  private readonly worker: LocksWorker;
  private closing = false;

  constructor(private readonly options: BullWorkerOptions) {
    const { queue, atOnce, lockMs, stalledMs, backoffMs, warn } = options;
    this.worker = new LocksWorker(
      queue,
      // Two arguments: with three BullMQ would make a signal of its own.
      (job: Job<BullData>, token?: string) => this.hold(job, token as string),
      {
        connection: this.connect(),
        concurrency: atOnce,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount: MOST_STALLS,
        runRetryDelay: RETRY_MS,
        drainDelay: LOOK_S,
        // It would print to stderr what BullWorkQueue says once, and break for good where INFO fails.
        skipVersionCheck: true,
        settings: {
          backoffStrategy: (attempts) => backoffMs[Math.min(attempts, backoffMs.length) - 1] ?? 0,
        },
      },
    );
    this.worker.on('error', (error) => this.troubled(error));
    this.worker.on('stalled', (id) =>
      warn('work was lost with its process and waits again', { key: keyOfJob(id) }),
    );
    this.worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.lookAtLock(id).catch(() => undefined);
    });
    this.worker.on('failed', (job, error) => {
      if (job?.id === undefined || job.finishedOn !== undefined) return;
      options.failedOnce(job.id, decodeFailure(error.message));
    });
  }

  get running(): number {
    return this.runs.size;
  }

  /** Lets what runs finish for up to `graceMs`, then interrupts it and gives it back. */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    await this.worker.pause(true);
    await Promise.race([this.settled(), sleep(graceMs, undefined, { ref: false })]);
    for (const { controller } of this.runs.values()) {
      controller.abort(new GeoCropError('shutting-down', 'This process ends.'));
    }
    await Promise.race([this.settled(), sleep(LEAVE_MS, undefined, { ref: false })]);
    const closed = this.worker.close(this.held.size > 0).catch(() => undefined);
    await Promise.race([closed, sleep(LEAVE_MS, undefined, { ref: false })]);
    await this.worker.dropLocks();
    for (const client of this.clients) client.disconnect();
  }

  private hold(job: Job<BullData>, token: string): Promise<unknown> {
    const all = this.process(job, token);
    this.held.add(all);
    const drop = (): void => void this.held.delete(all);
    all.then(drop, drop);
    return all;
  }

  /** What comes later is given back at once. */
  private async settled(): Promise<void> {
    await Promise.allSettled(this.held);
  }

  private async process(job: Job<BullData>, token: string): Promise<unknown> {
    const id = job.id as string;
    if (this.closing) return this.giveBack(job, token);
    const known = this.runs.get(id);
    // Its lock was lost in an outage, and nobody else took it: what runs here already is what was asked for.
    known?.tokens.add(token);
    const run = known ?? this.begin(job, token);
    try {
      // Wrapped: JSON has no undefined.
      return { result: await run.done };
    } catch (error) {
      if (error instanceof GiveBack) return await this.giveBack(job, token, error.workClass);
      if (run.controller.signal.aborted) return await this.giveBack(job, token);
      const failure = failureOf(error);
      const reason = encodeFailure(failure);
      throw RETRIED.includes(failure.code) ? new Error(reason) : new UnrecoverableError(reason);
    } finally {
      if (this.runs.get(id) === run) this.runs.delete(id);
    }
  }

  private begin(job: Job<BullData>, token: string): Run {
    const id = job.id as string;
    const controller = new AbortController();
    const { payload, owner } = job.data;
    const work = { key: keyOfJob(id), payload, owner, class: this.options.classOf(job.priority) };
    const context = { signal: controller.signal, attempt: job.attemptsMade + 1 };
    const done = (async () => this.options.run(work, context))();
    const run = { controller, tokens: new Set([token]), done };
    this.runs.set(id, run);
    return run;
  }

  /**
   * Back to the front of its class. Where Redis does not take it, it stays locked until its lock ends, and is taken up then, as after
   * a crash; so it is where another process has it.
   */
  private async giveBack(job: Job<BullData>, token: string, workClass?: WorkClass): Promise<never> {
    const [client] = this.clients;
    if (client?.status === 'ready') {
      // While it is still ours: it cannot end meanwhile.
      if (workClass !== undefined) {
        const key = this.worker.toKey(job.id as string);
        await client.eval(LOWER, 1, key, this.options.priorityOf(workClass)).catch(() => undefined);
      }
      await job.moveToWait(token).catch(() => undefined);
    }
    throw new WaitingError();
  }

  /** A lock could not be renewed: it ended in an outage, or Redis was emptied. Only where another process has the job does ours end. */
  private async lookAtLock(id: string): Promise<void> {
    const run = this.runs.get(id);
    const [client] = this.clients;
    if (run === undefined || client === undefined) return;
    const token = await client.get(this.worker.toKey(`${id}:lock`));
    if (token === null || run.tokens.has(token)) return;
    this.options.warn('another process has taken up work that this one was slow to say it has', {
      key: keyOfJob(id),
    });
    run.controller.abort(new GeoCropError('aborted', 'Another process does this work.'));
  }

  /** Where Redis answers with an error, such as that it is full, BullMQ asks again at once, and again: it is held back. */
  private troubled(error: Error): void {
    if (this.closing) return;
    this.options.warn('a worker of the shared queue has trouble', { error: messageOf(error) });
    if (error.name !== 'ReplyError' || this.worker.isPaused()) return;
    void this.worker.pause(true);
    setTimeout(() => {
      if (!this.closing) void this.worker.resume();
    }, RETRY_MS).unref();
  }

  /** BullMQ's own, and the one that it duplicates for blocking reads. */
  private connect(): Redis {
    const client = new Redis(this.options.url, {
      ...LINK_OPTIONS,
      retryStrategy: (times) => (this.closing ? null : retryDelay(times)),
      maxRetriesPerRequest: null,
      socketTimeout: SILENT_MS,
    });
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => this.own(duplicate({ ...override, socketTimeout: SILENT_BLOCKED_MS }));
    return this.own(client);
  }

  private own(client: Redis): Redis {
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }
}

/** BullMQ stops renewing locks last of all, when Redis has answered; we cannot wait for that. */
class LocksWorker extends Worker<BullData> {
  dropLocks(): Promise<void> {
    return this.lockManager.close();
  }
}
