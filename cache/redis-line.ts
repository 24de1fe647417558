import { Redis } from 'ioredis';
import { Breaker } from './breaker.js';
import type { FaultLog } from './fault-log.js';

export interface RedisLineOptions {
  /** `redis://` or `rediss://`, with name, password and database as far as needed. */
  readonly url: string;
  /** Milliseconds without any answer, while one is awaited, after which it fails; {@link PATIENCE} times as long in all. */
  readonly timeoutMs: number;
  /** What it is for: its name in the log. */
  readonly what: string;
  readonly faults: FaultLog;
}

/** Milliseconds until a connection on which something is awaited, and nothing comes, is given up and made anew. */
const DEAD_MS = 2_000;
/** Answers come in order: while others come, one's own is on its way, and this process is what is slow. */
const PATIENCE = 5;
/** Milliseconds before connecting again. */
const RECONNECT_MS = 500;

/**
 * One connection to Redis for work that can be left undone: what is asked while it is away, or has just failed, is skipped.
 * Nothing waits in line for it, and it comes back by itself.
 */
export class RedisLine {
  private readonly redis: Redis;
  private readonly breaker: Breaker;
  private closed = false;
  private heardAt = 0;

  constructor(private readonly options: RedisLineOptions) {
    this.breaker = new Breaker(options.what, options.faults);
    this.redis = new Redis(options.url, {
      enableOfflineQueue: false,
      // With each lost connection all that awaits an answer ends, and nothing is sent twice.
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => RECONNECT_MS,
      maxLoadingRetryTime: RECONNECT_MS,
      // The server has become a replica: its name may lead to another one by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
      connectTimeout: DEAD_MS,
      socketTimeout: DEAD_MS,
      disconnectTimeout: 100,
      keepAlive: 10_000,
      connectionName: 'geocrop-tiles',
    });
    this.redis.on('error', (error: Error) => {
      this.breaker.fail(error);
      // The client would go on in database 0, which is somebody else's.
      if (isOfSelect(error)) this.redis.disconnect(true);
    });
  }

  /** What the command answered; undefined where there was no good answer in time. Never rejects. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (!this.up) {
      this.breaker.skip();
      return undefined;
    }
    return this.breaker.run(() => this.inTime(command(this.redis)));
  }

  stats(): ReturnType<Breaker['stats']> {
    return this.breaker.stats();
  }

  /** False where nothing is even tried, since there is no connection. */
  get up(): boolean {
    return this.redis.status === 'ready' && !this.closed;
  }

  close(): void {
    this.closed = true;
    this.redis.disconnect();
  }

  private inTime<T>(answer: Promise<T>): Promise<T> {
    const { timeoutMs } = this.options;
    const begun = performance.now();
    let answered = false;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (answered) return;
        const now = performance.now();
        const silence = now - Math.max(begun, this.heardAt);
        if (silence >= timeoutMs || now - begun >= timeoutMs * PATIENCE) {
          reject(new Error(`Redis has not answered within ${Math.round(now - begun)} ms`));
        } else timer = after(timeoutMs - silence);
      };
      // A busy process runs its timers before it reads what has come meanwhile: that is looked at first.
      const after = (ms: number): NodeJS.Timeout => setTimeout(() => setImmediate(look), ms);
      let timer = after(timeoutMs);
      const heard = (): void => {
        answered = true;
        clearTimeout(timer);
        this.heardAt = performance.now();
      };
      answer.then(resolve, reject);
      answer.then(heard, heard);
    });
  }
}

function isOfSelect(error: Error & { readonly command?: { readonly name?: string } }): boolean {
  return error.command?.name === 'select';
}
