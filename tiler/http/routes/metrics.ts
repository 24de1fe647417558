import { NO_STORE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';

/** GET /metrics: Prometheus' text format. */
export function metricsRoute({ metrics }: AppDeps): Handler {
  return async () =>
    new Response(await metrics.text(), {
      headers: { 'Content-Type': metrics.contentType, 'Cache-Control': NO_STORE },
    });
}
