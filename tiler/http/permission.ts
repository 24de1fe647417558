import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpConfig } from './deps.js';

/** The header that carries the key where computing needs one. */
export const KEY_HEADER = 'X-GeoCrop-Key';

/** Whether this request may have something computed. What is archived is everyone's, and never depends on who asks. */
export function mayCompute(config: HttpConfig, key: string | undefined): boolean {
  switch (config.compute) {
    case 'public':
      return true;
    case 'none':
      return false;
    case 'key':
      return key !== undefined && config.computeKey !== null && same(key, config.computeKey);
  }
}

/** In constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
