import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from '../folders.js';

/** `geocrop serve`, as people start it. */
export interface SoakServer {
  readonly url: string;
  /** Bytes that it holds now; NaN where it has ended. */
  rss(): Promise<number>;
  /** Its log so far, a line each. */
  log(): Promise<string[]>;
  /** How it ended, where it has. */
  ended(): string | null;
  /** @returns its exit code */
  stop(): Promise<number | null>;
}

const run = promisify(execFile);
/** A machine that is busy with other things starts slowly. */
const START_MS = 120_000;

/** @param folder for its log @throws where it does not serve */
export async function startSoakServer(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<SoakServer> {
  const path = join(folder, 'server.log');
  const log = await open(path, 'w');
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'geocrop.js'), 'serve', '--port', '0'], {
    // A file of its own: half an hour of log would be the soak's memory.
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, ...environment },
  });
  await log.close();
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  const url = await address(child, path);
  return {
    url,
    rss: () => residentBytes(child),
    log: async () => (await readFile(path, 'utf8')).split('\n').filter((line) => line !== ''),
    ended: () =>
      child.exitCode === null && child.signalCode === null
        ? null
        : String(child.signalCode ?? child.exitCode),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function address(child: ChildProcess, path: string): Promise<string> {
  const until = performance.now() + START_MS;
  for (;;) {
    const text = await readFile(path, 'utf8');
    const url = /^GeoCrop is at (\S+)$/m.exec(text)?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`geocrop serve did not start: ${text}`);
    }
    await sleep(50);
  }
}

async function residentBytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kib =
    status === null
      ? await run('ps', ['-o', 'rss=', '-p', String(pid)]).then(
          ({ stdout }) => stdout,
          () => '',
        )
      : (/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '');
  return kib.trim() === '' ? NaN : Number(kib) * 1024;
}
