import { setImmediate } from 'node:timers/promises';

/**
 * For long work on the main thread, between its parts: lets signals of the operating system in, then throws the signal's reason
 * where it has fired. Twice, since the first turn may be of events that had been collected before.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  await setImmediate();
  signal?.throwIfAborted();
}
