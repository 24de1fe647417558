import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { asGeoCropError } from '../../engine/errors.js';
import type { AppDeps, AppEnv } from './deps.js';
import { HttpError } from './problem.js';
import { requestSignal } from './request-signal.js';

/** Routes that are asked every few seconds by machines: counted, and logged at `debug` only. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** Gives each request its id and its signal; counts it and writes its one log line when its answer is ready. */
export function observe({ metrics, clock, log }: AppDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const begun = clock.now();
    const wide: Record<string, unknown> = {};
    c.set('requestId', randomUUID());
    c.set('route', 'none');
    c.set('signal', requestSignal(c.req.raw));
    c.set('wide', wide);
    await next();
    c.res.headers.set('X-GeoCrop-Request', c.get('requestId'));
    const route = c.get('route');
    const ms = clock.now() - begun;
    metrics.request(route, c.req.method, c.res.status, ms / 1000);
    const url = new URL(c.req.url);
    const level =
      c.res.status === 500 || c.res.status === 507 ? 'error' : QUIET.has(route) ? 'debug' : 'info';
    log[level]('request', {
      id: c.get('requestId'),
      method: c.req.method,
      path: url.pathname,
      query: url.search === '' ? undefined : url.search,
      route,
      status: c.res.status,
      ms: Number(ms.toFixed(2)),
      ...wide,
      ...describeError(c.error),
    });
  };
}

function describeError(error: Error | undefined): Record<string, unknown> {
  if (error === undefined) return {};
  if (error instanceof HttpError) return { code: error.code };
  const { code, message, context, cause, stack } = asGeoCropError(error);
  return {
    code,
    message,
    ...(Object.keys(context).length > 0 ? { context } : {}),
    ...(code === 'internal' ? { stack: cause instanceof Error ? cause.stack : stack } : {}),
    ...(cause instanceof Error && code !== 'internal' ? { cause: cause.message } : {}),
  };
}
