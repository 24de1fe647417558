import { MAX_ZOOM } from '../../engine/geo/tile-matrix.js';
import { COLORMAPS } from '../render/colormap.js';
import { TILE_FORMATS } from '../render/format.js';
import { MAX_WAIT_SECONDS } from './query.js';
import type { Answer, Parameter, Schema } from './route.js';

/** Parameters that several routes have: each is read where its name says, and told of at /openapi.json. */

export const queryParameter = (
  name: string,
  description: string,
  schema: Schema,
  example?: unknown,
): Parameter => ({ name, in: 'query', description, schema, ...(example === undefined ? {} : { example }) });

export const pathParameter = (...said: Parameters<typeof queryParameter>): Parameter => ({
  ...queryParameter(...said),
  in: 'path',
  required: true,
});

/** `askedMap`. */
export const MAP_PARAMETERS: readonly Parameter[] = [
  queryParameter('season', 'Name of a season. Default: the first that has a year.', { type: 'string' }),
  queryParameter('year', 'Year in which the season starts. Default: the latest closed season.', {
    type: 'integer',
    minimum: 1000,
    maximum: 9999,
  }),
  queryParameter('model', 'Name of a model. Default: the server’s.', { type: 'string' }),
];

/** `askedLayer`. */
export const LAYER_PARAMETERS: readonly Parameter[] = [
  ...MAP_PARAMETERS,
  queryParameter(
    'layer',
    'classes, confidence, observations, truecolor, or the name of a feature.',
    { type: 'string', default: 'classes' },
    'classes',
  ),
  queryParameter('colormap', 'Colours of a layer of numbers.', { type: 'string', enum: COLORMAPS }),
  queryParameter(
    'rescale',
    'The values that the first and the last colour stand for.',
    { type: 'string', pattern: '^-?[0-9.]+,-?[0-9.]+$' },
    '0,1',
  ),
];

/** `shownLayer`. */
export const SHOWN_PARAMETERS: readonly Parameter[] = LAYER_PARAMETERS.map((parameter) =>
  parameter.name === 'layer'
    ? {
        ...parameter,
        description:
          'classes, confidence, observations, truecolor, the name of a feature; or dynamic_world, of which only `year` is asked.',
      }
    : parameter,
);

/** `parseWait`. */
export const WAIT = queryParameter(
  'wait',
  'Seconds to wait for what has to be computed. What is not ready by then is a 503 with Retry-After.',
  { type: 'number', minimum: 0, maximum: MAX_WAIT_SECONDS },
);

/** `parseTilePath`. */
export const TILE_PATH: readonly Parameter[] = [
  {
    name: 'z',
    in: 'path',
    required: true,
    description: 'Zoom of the web-mercator tile matrix.',
    schema: { type: 'integer', minimum: 0, maximum: MAX_ZOOM },
    example: 14,
  },
  {
    name: 'x',
    in: 'path',
    required: true,
    description: 'Column.',
    schema: { type: 'integer' },
    example: 9556,
  },
  {
    name: 'y',
    in: 'path',
    required: true,
    description: `Row; then, if wanted, @2x for twice the size and one of .${TILE_FORMATS.join(' .')}. Without: .png.`,
    schema: { type: 'string', pattern: `^\\d+(@[12]x)?(\\.(${TILE_FORMATS.join('|')}))?$` },
    example: '9015.png',
  },
];

const BINARY: Schema = { type: 'string', format: 'binary' };

export const TILE_ANSWERS: Readonly<Record<number, Answer>> = {
  200: {
    description: 'The tile. `X-GeoCrop-Tile` says whether it is final.',
    content: {
      'image/png': BINARY,
      'image/tiff; application=geotiff': BINARY,
      'application/octet-stream': BINARY,
    },
  },
  304: { description: 'What `If-None-Match` names is still the tile.' },
};

/** To `If-None-Match`: every answer with a tag may be this one. */
export const NOT_MODIFIED: Readonly<Record<304, Answer>> = {
  304: { description: 'What `If-None-Match` names is still the answer.' },
};

/** Made anew for each request, without a tag. */
export const untaggedJson = (
  description: string,
  schema: Schema = { type: 'object' },
): Readonly<Record<number, Answer>> => ({
  200: { description, content: { 'application/json': schema } },
});

/** `jsonAnswer`. */
export const json = (...said: Parameters<typeof untaggedJson>): Readonly<Record<number, Answer>> => ({
  ...untaggedJson(...said),
  ...NOT_MODIFIED,
});
