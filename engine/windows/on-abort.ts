import { setMaxListeners } from 'node:events';

/**
 * Calls `listener` when the signal fires; the returned function takes it back. One signal stands for a whole tile, whose
 * reads are hundreds: node takes more than ten listeners for a leak and says so, unless told.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => undefined;
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
