import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a person types after `npx`; tests run from the repository's root. */
export const BIN = 'bin/geocrop.js';

/** How a command ended and what it wrote. */
export interface Ended {
  /** null where a signal killed it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that serves. */
export interface Serving {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** All that it has written to standard error so far. */
  err(): string;
  /** Sends the signal and resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

interface Started {
  readonly child: ChildProcess;
  readonly err: () => string;
  readonly ended: Promise<Ended>;
}

function start(args: readonly string[], environment: Record<string, string>): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment }, // eslint-disable-line no-restricted-properties -- a child's own
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, out, err };
  });
  return { child, err: () => err, ended };
}

/** Runs a command to its end. */
export function geocrop(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return start(args, environment).ended;
}

/** Runs a command and sends it the signal when it has first written to standard output, or to standard error. */
export function geocropStopped(
  args: readonly string[],
  signal: NodeJS.Signals,
  environment: Record<string, string> = {},
  first: 'stdout' | 'stderr' = 'stdout',
): Promise<Ended> {
  const { child, ended } = start(args, environment);
  child[first]?.once('data', () => child.kill(signal));
  return ended;
}

/** Starts a command that serves, and resolves when it has said where. Throws with what it wrote where it ends before. */
export async function serving(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Serving> {
  const { child, err, ended } = start(args, environment);
  const said = new Promise<string>((resolve) => {
    child.stderr?.on('data', () => {
      const url = /(http:\/\/[^/\s"]+)[/\s"]/.exec(err())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([said, ended]);
  if (typeof url !== 'string') {
    throw new Error(`geocrop ${args.join(' ')} ended with ${url.code}: ${url.err}`);
  }
  return {
    url,
    pid: child.pid ?? NaN,
    err,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
