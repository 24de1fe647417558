import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from './folders.js';

/** `geocrop serve`, as people start it. */
export interface GeoCropServer {
  readonly url: string;
  /** Bytes that it holds now; NaN where it has ended, or the system does not say. */
  rss(): Promise<number>;
  /** Bytes that it has held at most; NaN where the system does not say. */
  peakRss(): Promise<number>;
  /** Values of its /metrics, by name with labels as they are written. */
  gauges(): Promise<ReadonlyMap<string, number>>;
  /** Its log so far, a line each. */
  log(): Promise<string[]>;
  /** @returns its exit code; null where a signal killed it */
  stop(): Promise<number | null>;
}

const run = promisify(execFile);
/** A machine that is busy with other things starts slowly. */
const START_MS = 120_000;

/**
 * Starts it on a free port with these settings, beside those of this process.
 * @param logFile what it writes goes there: half an hour of log would be this process's memory
 * @throws where it does not serve
 */
export async function startGeoCrop(
  logFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<GeoCropServer> {
  const log = await open(logFile, 'w');
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'geocrop.js'), 'serve', '--port', '0'], {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, ...settings },
  });
  await log.close();
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  const url = await address(child, logFile);
  return {
    url,
    rss: () => statusBytes(child, 'VmRSS').then((bytes) => (Number.isNaN(bytes) ? rssByPs(child) : bytes)),
    peakRss: () => statusBytes(child, 'VmHWM'),
    gauges: async () => gaugesOf(await (await fetch(`${url}/metrics`)).text()),
    log: async () => (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== ''),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Values of a Prometheus page by name, with labels as they are written: `a_total{stage="write"}`. */
export function gaugesOf(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z_:]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) out.set(name, Number(value));
  }
  return out;
}

async function address(child: ChildProcess, logFile: string): Promise<string> {
  const until = performance.now() + START_MS;
  for (;;) {
    const text = await readFile(logFile, 'utf8');
    const url = /^GeoCrop is at (\S+)$/m.exec(text)?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`geocrop serve did not start: ${text}`);
    }
    await sleep(50);
  }
}

/** Linux says it in KiB; others have no such file. */
async function statusBytes({ pid }: ChildProcess, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN);
}

async function rssByPs({ pid }: ChildProcess): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? NaN : 1024 * Number(stdout);
}
