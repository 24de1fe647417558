import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../cache/free-port.js';
import { startRedis, type RedisServer } from '../../cache/redis-server.js';
import { openBullWorkQueue, type BullWorkQueue, type BullWorkQueueOptions } from './bull-work-queue.js';
import { eventually } from './eventually.js';
import type { WorkEnd } from './work-queue.js';

const PREFIX = 'test';

/** For tests only: a Redis of its own, and processes that share it. */
export interface BullStage {
  readonly redis: RedisServer;
  readonly warnings: { readonly message: string; readonly context: Readonly<Record<string, unknown>> }[];
  /** Another replica, in this process. */
  readonly open: (options?: Partial<BullWorkQueueOptions>) => BullWorkQueue;
  readonly child: (what: 'finish' | 'hang' | 'die') => Promise<BullChild>;
}

export interface BullChild {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly begun: (key: string) => Promise<void>;
  readonly add: (...keys: string[]) => void;
  /** Resolves with its exit code when it ends by itself. */
  readonly close: () => Promise<number | null>;
  readonly kill: () => Promise<void>;
}

export async function onBullStage(
  run: (stage: BullStage) => Promise<void>,
  ...settings: string[]
): Promise<void> {
  const redis = await startRedis(...settings);
  const queues: BullWorkQueue[] = [];
  const children: BullChild[] = [];
  const warnings: { message: string; context: Readonly<Record<string, unknown>> }[] = [];
  try {
    await run({
      redis,
      warnings,
      open: (options) => {
        const queue = openBullWorkQueue({
          url: redis.url,
          prefix: PREFIX,
          limit: 1_000,
          lockMs: 1_000,
          stalledMs: 300,
          backoffMs: [20, 40],
          warn: (message, context) => warnings.push({ message, context }),
          ...options,
        });
        queues.push(queue);
        return queue;
      },
      child: async (what) => {
        const child = await startChild(redis.url, what);
        children.push(child);
        return child;
      },
    });
  } finally {
    for (const child of children) await child.kill();
    await Promise.all(queues.map((queue) => queue.close(0)));
    await redis.stop();
  }
}

async function startChild(url: string, what: string): Promise<BullChild> {
  const script = fileURLToPath(new URL('bull-queue-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, url, PREFIX, what], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stdin.on('error', () => undefined);
  const said = (line: string): Promise<void> =>
    eventually(`the child says ${line}`, () => lines.includes(line));
  await said('ready');
  return {
    process: child,
    lines,
    begun: (key) => said(`begun ${key}`),
    add: (...keys) => void child.stdin.write(keys.map((key) => `${key}\n`).join('')),
    close: async () => {
      child.stdin.write('\n');
      const [code] = (await exit) as [number | null];
      return code;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Ends, as they are told; listens from now on. */
export function finalEnds(queue: BullWorkQueue): WorkEnd[] {
  const ends: WorkEnd[] = [];
  queue.subscribe((end) => {
    if (end.final) ends.push(end);
  });
  return ends;
}

/** Between one replica and Redis: can be cut while Redis serves the others. */
export async function cuttableWay(port: number): Promise<{
  readonly url: string;
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  /** What goes over the connections that are open is lost from now on; they stay open. New ones are well. */
  readonly swallow: () => void;
}> {
  const own = await freePort();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const mend = async (): Promise<void> => {
    server.listen(own, '127.0.0.1');
    await once(server, 'listening');
  };
  await mend();
  return {
    url: `redis://127.0.0.1:${own}`,
    mend,
    swallow: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
