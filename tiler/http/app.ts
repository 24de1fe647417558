import { Hono } from 'hono';
import { METHODS, cors } from './cors.js';
import type { AppDeps, AppEnv, Handler } from './deps.js';
import { observe } from './observe.js';
import { HttpError, problemResponse } from './problem.js';
import { baselineRoute } from './routes/baselines.js';
import { eventsRoute } from './routes/events.js';
import { healthRoute, readyRoute } from './routes/health.js';
import { legendRoute } from './routes/legend.js';
import { metricsRoute } from './routes/metrics.js';
import { pointRoute } from './routes/point.js';
import { tileJsonRoute } from './routes/tilejson.js';
import { tileRoute } from './routes/tiles.js';
import { viewerRoute } from './routes/viewer.js';

type Routes = readonly (readonly [path: string, handler: Handler])[];

/** The whole HTTP interface. Every route is a GET; HEAD is answered as GET without the body. */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  return appOf(deps, [
    ['/tiles/:z/:x/:y', tileRoute(deps)],
    ['/tilejson.json', tileJsonRoute(deps)],
    ['/legend.json', legendRoute(deps)],
    ['/point/:lonlat', pointRoute(deps)],
    ['/events', eventsRoute(deps)],
    ['/baselines/dw/:year/tiles/:z/:x/:y', baselineRoute(deps)],
    ...healthRoutes(deps),
    ['/*', viewerRoute(deps)],
  ]);
}

/** What a process that only computes is asked: how it is. */
export function createWorkerApp(deps: AppDeps): Hono<AppEnv> {
  const nothing: Handler = () => {
    const hint = 'Ask a process of the role "api" or "all"; here are /healthz, /readyz and /metrics.';
    throw new HttpError('not-found', 'This process computes maps and serves none.', hint);
  };
  return appOf(deps, [...healthRoutes(deps), ['/*', nothing]]);
}

function healthRoutes(deps: AppDeps): Routes {
  return [
    ['/healthz', healthRoute],
    ['/readyz', readyRoute(deps)],
    ['/metrics', metricsRoute(deps)],
  ];
}

function appOf(deps: AppDeps, routes: Routes): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(observe(deps), cors);
  for (const [path, handler] of routes) {
    app.get(path, (c) => {
      c.set('route', path);
      return handler(c);
    });
  }
  // Every path has a GET, so what finds no route has another method.
  app.notFound((c) => {
    const hint = `Methods: ${METHODS}.`;
    const error = new HttpError('method-not-allowed', `${c.req.method} is not possible here.`, hint, {
      Allow: METHODS,
    });
    c.get('wide')['code'] = error.code;
    return problemResponse(error, c.get('requestId'));
  });
  app.onError((error, c) => problemResponse(error, c.get('requestId')));
  return app;
}
