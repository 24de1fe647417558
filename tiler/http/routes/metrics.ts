import { NO_STORE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import type { Operation } from '../route.js';

/** What {@link metricsRoute} says about itself. */
export const METRICS_OPERATION: Operation = {
  summary: 'What Prometheus reads',
  tag: 'server',
  answers: { 200: { description: 'Metrics', content: { 'text/plain': { type: 'string' } } } },
};

/** GET /metrics: Prometheus' text format. */
export function metricsRoute({ metrics }: AppDeps): Handler {
  return async () =>
    new Response(await metrics.text(), {
      headers: { 'Content-Type': metrics.contentType, 'Cache-Control': NO_STORE },
    });
}
