import { GeoCropError } from '../../engine/errors.js';

/** Why nothing is taken now, and after how many seconds to ask again. */
export function queueFull(message: string, retryAfterSeconds: number): GeoCropError {
  return new GeoCropError('queue-full', message, {
    hint: 'Ask again later, as Retry-After says.',
    context: { retryAfterSeconds },
  });
}

/** @param ms how long the first in the line has waited */
export function waitedTooLong(ms: number): string {
  return `People have waited for ${Math.round(ms / 1000)} s already; no more are taken now.`;
}

export function stopping(): GeoCropError {
  return new GeoCropError('shutting-down', 'The server is stopping.');
}
