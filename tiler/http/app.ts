import { Hono } from 'hono';
import { cors } from './cors.js';
import type { AppDeps, AppEnv, Handler } from './deps.js';
import { observe } from './observe.js';
import { HttpError, problemResponse } from './problem.js';
import { RouteMethods } from './route-methods.js';
import type { Operation, Route } from './route.js';
import { bboxRoutes } from './routes/bbox.js';
import { BASELINE_OPERATION, baselineAnswers } from './routes/baselines.js';
import { cogRoutes } from './routes/cog/index.js';
import { DISTRICTS_OPERATION, DISTRICTS_PATH, districtsRoute } from './routes/districts.js';
import { EVENTS_OPERATION, eventsRoute } from './routes/events.js';
import { HEALTH_OPERATION, READY_OPERATION, healthRoute, readyRoute } from './routes/health.js';
import { legendRoutes } from './routes/legend.js';
import { METRICS_OPERATION, metricsRoute } from './routes/metrics.js';
import { openApiRoutes } from './routes/openapi.js';
import { POINT_OPERATION, pointRoute } from './routes/point.js';
import { qgisRoutes } from './routes/qgis.js';
import { statisticsRoutes } from './routes/statistics.js';
import { TILEJSON_OPERATION, tileJsonRoute } from './routes/tilejson.js';
import { TILE_OPERATION, tileAnswers } from './routes/tiles.js';
import { viewerRoute } from './routes/viewer.js';
import { wmtsRoutes } from './routes/wmts.js';
import { askedTile } from './tile-question.js';

/** The whole HTTP interface. HEAD is answered as GET without the body. */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  return appOf(deps, apiRoutes(deps));
}

/** Every way to call a server of maps; the page comes last, since it takes every path that is left. */
export function apiRoutes(deps: AppDeps): readonly Route[] {
  const tiles = tileAnswers(deps);
  const baselines = baselineAnswers(deps);
  const routes = [
    get('/tiles/:z/:x/:y', TILE_OPERATION, askedTile(tiles)),
    get('/tilejson.json', TILEJSON_OPERATION, tileJsonRoute(deps)),
    ...legendRoutes(deps),
    ...qgisRoutes(deps),
    ...wmtsRoutes(deps, { tiles, baselines }),
    get('/point/:lonlat', POINT_OPERATION, pointRoute(deps)),
    get('/events', EVENTS_OPERATION, eventsRoute(deps)),
    get(DISTRICTS_PATH, DISTRICTS_OPERATION, districtsRoute(deps)),
    get('/baselines/dw/:year/tiles/:z/:x/:y', BASELINE_OPERATION, askedTile(baselines)),
    ...cogRoutes(deps),
    ...statisticsRoutes(deps),
    ...bboxRoutes(deps),
    ...healthRoutes(deps),
  ];
  return [...routes, ...openApiRoutes(deps, routes), get('/*', null, viewerRoute(deps))];
}

/** What a process that only computes is asked: how it is. */
export function createWorkerApp(deps: AppDeps): Hono<AppEnv> {
  const nothing: Handler = () => {
    const hint = 'Ask a process of the role "api" or "all"; here are /healthz, /readyz and /metrics.';
    throw new HttpError('not-found', 'This process computes maps and serves none.', hint);
  };
  return appOf(deps, [...healthRoutes(deps), get('/*', null, nothing)]);
}

function healthRoutes(deps: AppDeps): readonly Route[] {
  return [
    get('/healthz', HEALTH_OPERATION, healthRoute),
    get('/readyz', READY_OPERATION, readyRoute(deps)),
    get('/metrics', METRICS_OPERATION, metricsRoute(deps)),
  ];
}

function get(path: string, operation: Operation | null, handler: Handler): Route {
  return { method: 'get', path, operation, handler };
}

function appOf(deps: AppDeps, routes: readonly Route[]): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const methods = new RouteMethods(routes);
  app.use(observe(deps), cors(methods), async (c, next) => {
    const allowed = methods.at(c.req.path);
    if (allowed.includes(c.req.method)) return next();
    const Allow = allowed.join(', ');
    throw new HttpError('method-not-allowed', `${c.req.method} is not possible here.`, `Methods: ${Allow}.`, {
      Allow,
    });
  });
  for (const { method, path, handler } of routes) {
    app.on(method.toUpperCase(), path, (c) => {
      c.set('route', path);
      return handler(c);
    });
  }
  app.onError((error, c) => problemResponse(error, c.get('requestId')));
  return app;
}
