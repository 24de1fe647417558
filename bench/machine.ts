import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { ROOT } from './folders.js';

export interface MachineFacts {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly threads: number;
  readonly memoryGiB: number;
  /** Of the minute before: what else the machine was doing. */
  readonly load: number;
  readonly text: string;
}

export async function machineFacts(): Promise<MachineFacts> {
  const facts = {
    date: new Date().toISOString().slice(0, 16),
    commit: commit(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? NaN,
  };
  const text =
    `${facts.date} UTC, commit ${facts.commit}, Node ${facts.node}, ${facts.threads} × ${facts.cpu}, ` +
    `${facts.memoryGiB} GiB, load ${facts.load.toFixed(1)} before it began`;
  return { ...facts, text };
}

/** The same machine with its load now: a shared one may have become busy meanwhile. */
export function atTheEnd(facts: MachineFacts): MachineFacts {
  return { ...facts, text: `${facts.text} and ${(loadavg()[0] ?? NaN).toFixed(1)} when it ended` };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
