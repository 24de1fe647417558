import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { freePort } from './free-port.js';

/** For tests and benchmarks only: a real Redis on loopback, that keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** As `kill -9` does: all that it held is lost. */
  kill(): Promise<void>;
  /** After {@link kill}, at the same port, empty. */
  start(): Promise<void>;
  /** Connections stay, and nothing is answered (SIGSTOP), until {@link thaw}. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const BINARY = 'redis-server';

/** What is missing, and how to get it; false where Redis is there. */
export const withoutRedis: string | false =
  spawnSync(BINARY, ['--version'], { stdio: 'ignore' }).status === 0
    ? false
    : 'needs Redis: apt-get install redis-server';

/** A suite that needs Redis; one line that says so where there is none. */
export function describeOnRedis(name: string, suite: () => void): void {
  if (withoutRedis === false) describe(name, suite);
  else test(name, { skip: withoutRedis }, () => undefined);
}

/** @param settings further lines of its configuration as flags, such as `--maxmemory 2mb` */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-redis-'));
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings];
  let child = await spawnRedis(flags, port);
  const end = (): void => void child.kill('SIGKILL');
  process.on('exit', end);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start: async () => {
      child = await spawnRedis(flags, port);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', end);
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function spawnRedis(flags: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(BINARY, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return child;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`redis-server ${flags.join(' ')} does not answer`);
}

/** RESP, inline: `PING` is answered with `+PONG` once it serves. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (good: boolean) => (): void => {
      socket.destroy();
      resolve(good);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG'))());
    socket.once('error', end(false));
    socket.setTimeout(500, end(false));
  });
}
