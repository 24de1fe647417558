import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './deps.js';
import type { RouteMethods } from './route-methods.js';

/** Beyond what browsers always let a page read. */
const EXPOSED = [
  'ETag',
  'Retry-After',
  'Server-Timing',
  'Content-Disposition',
  'X-GeoCrop-Tile',
  'X-GeoCrop-Cache',
  'X-GeoCrop-Request',
  // Of a cache in front: what it did, and which part of a whole it sent.
  'X-Cache-Status',
  'Content-Range',
].join(', ');

const ALLOWED_HEADERS = 'Content-Type, If-None-Match, Range, X-GeoCrop-Key, Last-Event-ID';

/** Maps are for every page: no origin is asked for, so answers do not vary by it. Pre-flights are kept for a day. */
export function cors(methods: RouteMethods): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.req.method === 'OPTIONS') {
      const allowed = methods.at(c.req.path).join(', ');
      return new Response(null, {
        status: 204,
        headers: {
          'Access-Control-Allow-Origin': '*',
          'Access-Control-Allow-Methods': allowed,
          'Access-Control-Allow-Headers': ALLOWED_HEADERS,
          'Access-Control-Max-Age': '86400',
          Allow: allowed,
        },
      });
    }
    await next();
    c.res.headers.set('Access-Control-Allow-Origin', '*');
    c.res.headers.set('Access-Control-Expose-Headers', EXPOSED);
    c.res.headers.set('Timing-Allow-Origin', '*');
    c.res.headers.set('X-Content-Type-Options', 'nosniff');
    return undefined;
  };
}
