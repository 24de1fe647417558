import type { ErrorCode, GeoCropError } from '../../engine/errors.js';
import type { Work, WorkKind } from './work.js';

/**
 * Work for this process, or for all that share a Redis. One conformance suite runs over every implementation
 * (tiler/queue/work-queue.conformance.ts).
 */
export interface WorkQueue {
  /**
   * Puts work in, or finds it there, waiting or running; what waits is raised where its class is now a better one, and never lowered.
   * @throws queue-full, queue-unavailable, shutting-down
   */
  add(work: Work): Promise<'added' | 'known'>;
  /** Does work of a kind in this process. Once a kind; before it, work of that kind waits. */
  serve<K extends WorkKind>(kind: K, handler: WorkHandler<K>): void;
  /** Told of each end of work, done by this process or another. Returns what ends the subscription. */
  subscribe(listener: (end: WorkEnd) => void): () => void;
  /** Whether it waits or runs, anywhere; `none` where it is not in the queue. @throws queue-unavailable */
  state(kind: WorkKind, key: string): Promise<'waiting' | 'running' | 'none'>;
  /** As this process knows it: never waits for another. */
  stats(): QueueStats;
  /** Takes no more work, lets what runs finish for up to `graceMs`, then interrupts it; what waits elsewhere stays there. */
  close(graceMs: number): Promise<void>;
}

export interface QueueStats {
  /** Waiting, of all kinds. */
  readonly queued: number;
  /** Running in this process. */
  readonly running: number;
}

export interface WorkHandler<K extends WorkKind> {
  /** How many at once; default 1. */
  readonly atOnce?: number;
  /**
   * Does it, and gives a small JSON value that goes to {@link WorkEnd}. Must give up soon after `signal` aborts. An error of
   * {@link RETRIED} codes is tried again with back-off, others end the work.
   */
  run(work: Work<K>, context: WorkContext): Promise<unknown>;
}

export interface WorkContext {
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/** How a piece of work, or one attempt at it, ended. */
export interface WorkEnd {
  readonly kind: WorkKind;
  readonly key: string;
  readonly outcome: 'done' | 'failed';
  /** False: it failed and is tried again. */
  readonly final: boolean;
  /** What `run` gave; undefined where it failed. */
  readonly result?: unknown;
  /** Why it failed. */
  readonly error?: WorkFailure;
}

export interface WorkFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly context?: GeoCropError['context'];
}

/** What may pass: tried {@link ATTEMPTS} times in all, 2 s and then 8 s apart. */
export const RETRIED: readonly ErrorCode[] = [
  'stac-unavailable',
  'source-unavailable',
  'store-unavailable',
  'internal',
];
export const ATTEMPTS = 3;
