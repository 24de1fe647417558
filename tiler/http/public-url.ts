import type { AppContext } from './deps.js';

/**
 * Where clients reach this server, without a slash at the end. A proxy's own headers could come from anyone: who is behind one
 * says so in the configuration.
 */
export function publicUrl(c: AppContext, configured: string | null): string {
  return configured ?? new URL(c.req.url).origin;
}
