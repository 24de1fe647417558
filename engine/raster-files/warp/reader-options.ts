import type { WorkerPool } from '../../workers/pool.js';
import { runWarp } from './kernel/run-warp.js';
import type { RunWarp } from './source/warped-source.js';

export interface ReaderOptions {
  /** Pixels of a file that one answer may cost. Default: {@link DEFAULT_PIXELS}. */
  readonly maxSourcePixels?: number;
  /** Where warping runs; default: here. A server gives it to its threads. */
  readonly runWarp?: RunWarp;
}

/** Blocks of a tile's size take some milliseconds: not on the thread that answers requests. */
export function warpInPool(pool: WorkerPool): RunWarp {
  return (task) => pool.run('warp', task);
}

export const warpHere: RunWarp = async (task) => runWarp(task);
