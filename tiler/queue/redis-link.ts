import { Redis } from 'ioredis';
import { GeoCropError, isGeoCropError, messageOf } from '../../engine/errors.js';
import type { Warn } from './quiet-warn.js';
import { BOARD_TIMEOUT_MS } from './shared-board.js';

/** A connection that never throws by itself, never hangs, and comes back when Redis does. */
export interface RedisLink {
  readonly client: Redis;
  /** False while Redis does not answer: asks nothing. */
  readonly up: boolean;
  /** Does it, or @throws queue-unavailable within {@link BOARD_TIMEOUT_MS}: at once while the connection is lost. */
  ask<T>(run: (client: Redis) => Promise<T>): Promise<T>;
  close(): void;
}

/** Milliseconds between looks whether Redis still answers: a dead network closes no socket. */
const HEARTBEAT_MS = 2_000;
const LONGEST_RETRY_MS = 2_000;

/** 50, 100, … 2,000 ms: what every connection to the shared Redis waits before it tries again. */
export function retryDelay(times: number): number {
  return Math.min(LONGEST_RETRY_MS, 25 * 2 ** Math.min(times, 8));
}

/** What every connection to the shared Redis has. */
export const LINK_OPTIONS = {
  retryStrategy: retryDelay,
  connectTimeout: BOARD_TIMEOUT_MS,
  disableClientInfo: true,
};

/** For commands that are answered at once; connects by itself, and does not wait for it. */
export function openRedisLink(url: string, warn: Warn): RedisLink {
  const client = new Redis(url, {
    ...LINK_OPTIONS,
    commandTimeout: BOARD_TIMEOUT_MS,
    // What cannot be sent now is not sent later, when nobody waits for it any more.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
  });
  let answers = false;
  let closed = false;
  const complain = (error: unknown): void => {
    answers = false;
    if (!closed) warnOfRedis(warn, error);
  };
  client.on('error', complain);
  client.on('close', () => (answers = false));
  client.on('ready', () => (answers = true));
  // Who asks in the milliseconds after the start waits for the first try to connect; later ones are not waited for.
  const firstTry = new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.once('close', resolve);
  });

  const ask = async <T>(run: (client: Redis) => Promise<T>): Promise<T> => {
    try {
      const reply = await within(BOARD_TIMEOUT_MS, async () => {
        await firstTry;
        if (client.status !== 'ready') throw unavailable();
        return run(client);
      });
      answers = client.status === 'ready';
      return reply;
    } catch (error) {
      if (isGeoCropError(error)) throw error;
      if (isReply(error)) {
        if (!closed) warnOfRedis(warn, error);
        throw refused(error);
      }
      complain(error);
      throw unavailable(error);
    }
  };

  const heart = setInterval(() => {
    if (client.status !== 'ready') return;
    ask((redis) => redis.ping()).catch(() => {
      if (!closed && client.status === 'ready') client.disconnect(true);
    });
  }, HEARTBEAT_MS);
  heart.unref();

  return {
    client,
    get up() {
      return answers;
    },
    ask,
    close: () => {
      closed = true;
      clearInterval(heart);
      client.disconnect();
    },
  };
}

export function unavailable(cause?: unknown): GeoCropError {
  return new GeoCropError('queue-unavailable', 'The shared queue does not answer.', {
    hint: 'Ask again in a few seconds; the operator finds the reason in the log.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function refused(cause: Error): GeoCropError {
  const full = cause.message.startsWith('OOM');
  return new GeoCropError(
    'queue-unavailable',
    full ? 'The shared queue’s Redis is full.' : `The shared queue’s Redis refuses: ${cause.message}`,
    { hint: full ? 'Give it more memory (maxmemory).' : 'Look at its configuration and log.', cause },
  );
}

/** Says what is wrong with the shared Redis: it is silent, or it answers, and refuses. */
export function warnOfRedis(warn: Warn, error: unknown): void {
  warn(isReply(error) ? 'the shared Redis refuses' : 'the shared Redis does not answer', {
    setting: 'GEOCROP_QUEUE_REDIS_URL',
    error: messageOf(error),
  });
}

/** An answer of Redis that is an error, such as `-OOM`; not a lost or silent connection. */
function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** @throws an error after `ms`; what comes later is dropped. */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
