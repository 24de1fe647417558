import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PEERS, ROOT } from './folders.js';

/** One thread for each library that would take more: what is compared runs on one. */
export const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** The first Python that can import all of `modules`: GEOCROP_PYTHON, the project's own environment, python3; or null. */
export function pythonWith(...modules: readonly string[]): string | null {
  const candidates = [process.env['GEOCROP_PYTHON'], join(ROOT, '.venv', 'bin', 'python'), 'python3'];
  for (const python of candidates) {
    if (python === undefined) continue;
    if (spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0) return python;
  }
  return null;
}

export function howToGetPython(...modules: readonly string[]): string {
  return `needs Python with ${modules.join(', ')}: python3 -m venv .venv && .venv/bin/pip install ${modules.join(' ')}`;
}

/** Runs a script of bench/peers on one thread and reads the JSON that it prints. */
export function runPeer(python: string, script: string, args: readonly string[]): unknown {
  return JSON.parse(runScript(python, script, args, ONE_THREAD)) as unknown;
}

/** Runs a script of bench/peers to its end. @returns what it prints */
export function runScript(
  python: string,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  const ran = spawnSync(python, [join(PEERS, script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 24,
  });
  if (ran.status !== 0) throw new Error(`${script} failed:\n${ran.stderr}`);
  return ran.stdout;
}
