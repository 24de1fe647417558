import { ask, startChild } from '../child.js';
import type { ClosedLoop } from './closed-loop.js';
import type { LoadAnswer, LoadOrder } from './load-child.js';
import type { OpenLoop } from './open-loop.js';

/** A load generator in a process of its own. */
export interface LoadProcess {
  open(load: OpenLoop): Promise<LoadAnswer>;
  closed(load: ClosedLoop): Promise<LoadAnswer>;
  close(): void;
}

export function startLoadProcess(): LoadProcess {
  const child = startChild(new URL('./load-child.js', import.meta.url));
  const order = (load: LoadOrder): Promise<LoadAnswer> => ask<LoadAnswer>(child, load);
  return {
    open: (open) => order({ open }),
    closed: (closed) => order({ closed }),
    close: () => void child.disconnect(),
  };
}
