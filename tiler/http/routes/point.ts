import { GeoCropError } from '../../../engine/errors.js';
import { NATIVE_ZOOM, lonLatToPixel } from '../../../engine/geo/tile-matrix.js';
import { SharedWork } from '../../../engine/windows/shared-work.js';
import type { PointAnswer } from '../../tiles/tile-service.js';
import { SHORT } from '../caching.js';
import type { Clock } from '../clock.js';
import type { AppDeps, Handler } from '../deps.js';
import { jsonAnswer } from '../json-answer.js';
import { KEY_HEADER, mayCompute } from '../permission.js';
import { WAITED_HEADER, askedMap, parseWait } from '../query.js';
import { MAP_PARAMETERS, WAIT, json } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link pointRoute} says about itself. */
export const POINT_OPERATION: Operation = {
  summary: 'All that is known of one pixel',
  description:
    'The dated series, the dates that are clouded or without data and why, the 51 features, the class with its probabilities, and the scenes that were used.',
  tag: 'map',
  parameters: [
    {
      name: 'lonlat',
      in: 'path',
      required: true,
      description: 'Longitude and latitude in decimal degrees.',
      schema: { type: 'string' },
      example: '29.99,-17.81',
    },
    ...MAP_PARAMETERS,
    WAIT,
  ],
  answers: json('The pixel'),
};

/** GET /point/{lon},{lat}: the dated series, what is masked and why, the 51 features, the class and the scenes of a map pixel. */
export function pointRoute({ service, config, clock }: AppDeps): Handler {
  const flights = new SharedWork<PointAnswer>();
  return async (c) => {
    const query = (name: string): string | undefined => c.req.query(name);
    const [lon, lat] = parseLonLat(c.req.param('lonlat') ?? '');
    const pixel = lonLatToPixel(NATIVE_ZOOM, lon, lat);
    const map = service.resolveMap(askedMap(query));
    const waitMs = parseWait(query('wait'), config.waitSeconds, c.req.header(WAITED_HEADER));
    if (!mayCompute(config, c.req.header(KEY_HEADER))) {
      throw new GeoCropError('not-computed', 'A point is computed for those who may compute.', {
        hint: `Send the key as ${KEY_HEADER}, or ask for tiles: what is archived is everyone's.`,
      });
    }
    const key = `${map.season} ${map.year} ${map.model} ${pixel.x} ${pixel.y} ${lon} ${lat}`;
    const answer = flights.run(key, c.get('signal'), (signal) => service.point(map, lon, lat, signal));
    return jsonAnswer(await within(answer, waitMs, clock), c.req.header('If-None-Match'), SHORT);
  };
}

/** The work goes on when the caller's patience ends: the same question finds it further along. */
function within<T>(work: Promise<T>, waitMs: number, clock: Clock): Promise<T> {
  let cancel = (): void => {};
  const patience = new Promise<never>((_, reject) => {
    cancel = clock.after(waitMs, () =>
      reject(
        new GeoCropError('not-ready', 'The point is still being computed.', {
          hint: 'Ask again after Retry-After; the work goes on.',
        }),
      ),
    );
  });
  return Promise.race([work, patience]).finally(cancel);
}

/** Decimal degrees, as `29.99,-17.45`. Throws `bad-request`. */
export function parseLonLat(text: string): [number, number] {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text.replaceAll(' ', ''));
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new GeoCropError('bad-request', `"${text}" is not a longitude and a latitude.`, {
    hint: 'Write decimal degrees, longitude first: /point/30.01,-17.45.',
    context: { lonlat: text },
  });
}
