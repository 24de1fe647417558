import { GeoCropError } from '../../../engine/errors.js';
import type { AreaService } from '../../areas/area-service.js';
import type { AreaStatistics } from '../../areas/statistics/answer.js';
import { ANSWER_SCHEMA } from '../../areas/statistics/answer-schema.js';
import { statisticsCsv } from '../../areas/statistics/statistics-csv.js';
import { baselineOf } from '../baseline-year.js';
import { NO_STORE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { GEOJSON_SCHEMA } from '../geojson-schema.js';
import { MAP_PARAMETERS, WAIT } from '../parameters.js';
import { KEY_HEADER, mayCompute } from '../permission.js';
import { WAITED_HEADER, askedMap, given, parseWait, parseYear, type Query } from '../query.js';
import { readJsonBody } from '../read-body.js';
import type { Operation, RouteMaker } from '../route.js';

const STATISTICS_OPERATION: Operation = {
  summary: 'Hectares by class inside an area',
  description:
    'Equal-area hectares of each class, with mean confidence and, where the model’s card has a confusion matrix, the error-adjusted area with its 95 % interval (Olofsson et al. 2014). What is not computed yet is said, and counted in no class.',
  tag: 'areas',
  parameters: [
    ...MAP_PARAMETERS,
    {
      name: 'layer',
      in: 'query',
      description:
        '`classes` of a map, or `dynamic_world`, which is `baseline=dw`: nothing else can be counted.',
      schema: { type: 'string', enum: ['classes', 'dynamic_world'], default: 'classes' },
    },
    {
      name: 'baseline',
      in: 'query',
      description: '`dw`: counts Dynamic World in place of a map; of `year`, else of its newest.',
      schema: { type: 'string', enum: ['dw'] },
    },
    {
      ...WAIT,
      description:
        'Has what is not computed yet computed, and waits for it so many seconds: 503 with Retry-After until it is there; then send the same again. Without: what is archived is counted.',
    },
    {
      name: 'format',
      in: 'query',
      description: '`json` or `csv`. Without: what `Accept` names.',
      schema: { type: 'string', enum: ['json', 'csv'] },
    },
  ],
  requestBody: {
    description: 'The area: its polygons are united. Longitude and latitude, EPSG:4326.',
    content: { 'application/geo+json': GEOJSON_SCHEMA, 'application/json': GEOJSON_SCHEMA },
  },
  answers: {
    200: {
      description: 'The hectares',
      content: { 'application/json': ANSWER_SCHEMA, 'text/csv': { type: 'string' } },
    },
  },
};

/** POST /statistics: hectares per class inside GeoJSON polygons. */
export const statisticsRoutes: RouteMaker = (deps) =>
  deps.areas === undefined
    ? []
    : [
        {
          method: 'post',
          path: '/statistics',
          operation: STATISTICS_OPERATION,
          handler: statisticsRoute(deps, deps.areas),
        },
      ];

function statisticsRoute({ service, config, describe, baselines }: AppDeps, areas: AreaService): Handler {
  return async (c) => {
    const query = (name: string): string | undefined => c.req.query(name);
    const signal = c.get('signal');
    const format = formatOf(given(query('format')), c.req.header('Accept'));
    const asksBaseline = checkLayer(query);
    const wait = given(query('wait'));
    const waitMs = parseWait(wait, config.waitSeconds, c.req.header(WAITED_HEADER));
    const may = mayCompute(config, c.req.header(KEY_HEADER));
    let of: Parameters<AreaService['statistics']>[0]['of'];
    if (asksBaseline) {
      const year = given(query('year'));
      const found = await baselineOf(baselines, year === undefined ? undefined : parseYear(year));
      of = { kind: 'baseline', year: found.year };
    } else {
      const map = service.resolveMap(askedMap(query));
      of = { kind: 'map', map, card: describe?.(map).card ?? null };
    }
    const statistics = await areas.statistics({
      document: await readJsonBody(c.req.raw, config.bodyBytes, signal),
      of,
      compute: wait !== undefined && may ? { waitMs } : null,
      attribution: config.attribution,
      signal,
    });
    if (wait !== undefined && !may && !statistics.completeness.complete) {
      throw new GeoCropError(
        'not-computed',
        'Some of the area is not computed yet, and you may have nothing computed.',
        {
          hint: `Leave \`wait\` out to have what is there, or send the key as ${KEY_HEADER}.`,
        },
      );
    }
    Object.assign(c.get('wide'), {
      hectares: statistics.area.hectares,
      complete: statistics.completeness.complete,
    });
    return answer(statistics, format);
  };
}

/** True for a baseline. */
function checkLayer(query: Query): boolean {
  const layer = given(query('layer')) ?? 'classes';
  if (layer !== 'classes' && layer !== 'dynamic_world') {
    throw new GeoCropError('bad-request', `Hectares can be counted of classes only, not of "${layer}".`, {
      hint: 'Leave `layer` out.',
      context: { layer },
    });
  }
  const baseline = given(query('baseline'));
  if (baseline === undefined || baseline === 'dw') return baseline === 'dw' || layer === 'dynamic_world';
  throw new GeoCropError('bad-request', `There is no baseline "${baseline}".`, {
    hint: 'The only one is baseline=dw, Dynamic World.',
    context: { baseline },
  });
}

function formatOf(asked: string | undefined, accept: string | undefined): 'json' | 'csv' {
  if (asked === 'json' || asked === 'csv') return asked;
  if (asked !== undefined) {
    throw new GeoCropError('bad-request', `There is no format "${asked}".`, {
      hint: 'Formats: json, csv.',
      context: { format: asked },
    });
  }
  const types = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const first = types.find((type) => type === 'text/csv' || type === 'application/json' || type === '*/*');
  return first === 'text/csv' ? 'csv' : 'json';
}

function answer(statistics: AreaStatistics, format: 'json' | 'csv'): Response {
  const body = format === 'csv' ? statisticsCsv(statistics) : JSON.stringify(statistics);
  const csv = {
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': 'attachment; filename="hectares.csv"',
  };
  return new Response(body, {
    headers: {
      ...(format === 'csv' ? csv : { 'Content-Type': 'application/json' }),
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': NO_STORE,
      Vary: 'Accept',
    },
  });
}
