import type { AppContext } from './deps.js';

/** Where clients reach this server. A proxy's own headers could come from anyone: who is behind one says so in the configuration. */
export function baseUrl(c: AppContext, publicUrl: string | null): string {
  return publicUrl ?? new URL(c.req.url).origin;
}
