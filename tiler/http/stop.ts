import type { Log } from '../log.js';
import type { RunningServer } from './server.js';

/** From the signal to the exit: what supervisors give before they kill. */
export const STOP_LIMIT_MS = 10_000;
/** What is left to cut connections and leave. */
const MARGIN_MS = 1000;

export interface Stoppable {
  readonly server: Pick<RunningServer, 'close'>;
  /** Takes no further work and finishes what is being written. */
  readonly service: { close(): Promise<void> };
  /** Aborted first: streams end, readiness goes. */
  readonly closing: AbortController;
  readonly log: Log;
}

/** Streams end, no connection is taken, what is being written is finished: within {@link STOP_LIMIT_MS}. */
export async function stopGracefully({ server, service, closing, log }: Stoppable): Promise<'clean' | 'cut'> {
  closing.abort();
  const limit = STOP_LIMIT_MS - MARGIN_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'cut'>((resolve) => {
    timer = setTimeout(() => resolve('cut'), limit);
  });
  const finish = async (): Promise<'clean'> => {
    // The service's end answers those who still wait, so that the server can close.
    const results = await Promise.allSettled([service.close(), server.close(limit)]);
    for (const result of results) {
      if (result.status === 'rejected') log.error('stop-failed', { message: String(result.reason) });
    }
    return 'clean';
  };
  const outcome = await Promise.race([finish(), late]);
  clearTimeout(timer);
  log.info('stopped', { outcome });
  return outcome;
}

/**
 * Resolves once SIGTERM or SIGINT came and everything has stopped, or its time is over. A second signal exits at once, with
 * 130: what is half-written is never read, by how the store writes.
 */
export function untilStopped(parts: Stoppable, proc: NodeJS.Process = process): Promise<'clean' | 'cut'> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (signal: NodeJS.Signals): void => {
      signals += 1;
      if (signals > 1) proc.exit(130);
      parts.log.info('stopping', { signal });
      void stopGracefully(parts).then(resolve);
    };
    proc.on('SIGTERM', onSignal);
    proc.on('SIGINT', onSignal);
  });
}
