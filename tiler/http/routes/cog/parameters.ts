import { RESAMPLING, WARP_RESAMPLING } from '../../../../engine/raster-files/read.js';
import { FORMAT_NAMES } from '../../../cog/ask/image-name.js';
import { pathParameter, queryParameter } from '../../parameters.js';
import type { Answer, Parameter, Schema } from '../../route.js';

/** TiTiler's parameters, in the words of /openapi.json. Each is read where its name says. */

const list = (items: Schema): Schema => ({ type: 'array', items });

export const URL_PARAMETER: Parameter = {
  ...queryParameter(
    'url',
    'The file: `s3://bucket/key` of a bucket that GEOCROP_COG_ALLOW names, plainly spelled. Everything else is 403.',
    { type: 'string' },
    's3://geocrop-results/results/1/refined.tif',
  ),
  required: true,
};

/** `readAsk`. */
export const READ_PARAMETERS: readonly Parameter[] = [
  queryParameter('bidx', 'Bands, from 1. Default: all but alpha.', list({ type: 'integer', minimum: 1 })),
  queryParameter('expression', 'Band arithmetic, a band for each part: `b1/b2;b3*2`. Goes before bidx.', {
    type: 'string',
  }),
  queryParameter('nodata', 'In place of the file’s own; a number or nan.', { type: 'string' }),
  queryParameter('unscale', 'Applies the file’s scale and offset.', { type: 'boolean', default: false }),
  queryParameter('resampling', 'How the size is changed.', {
    type: 'string',
    enum: RESAMPLING,
    default: 'nearest',
  }),
  queryParameter('reproject', 'How the projection is changed.', {
    type: 'string',
    enum: WARP_RESAMPLING,
    default: 'nearest',
  }),
];

/** `renderAsk`. */
export const RENDER_PARAMETERS: readonly Parameter[] = [
  queryParameter(
    'rescale',
    'The values that black and white stand for; once, or once for each band.',
    list({ type: 'string' }),
    ['0,3000'],
  ),
  queryParameter('colormap_name', 'One of rio-tiler’s colormaps.', { type: 'string' }, 'viridis'),
  queryParameter('colormap', 'A colormap as JSON: values or ranges to colours.', { type: 'string' }),
  queryParameter('return_mask', 'Whether what is masked is transparent.', { type: 'boolean', default: true }),
];

export const FORMAT_PARAMETER = queryParameter(
  'format',
  'Where the path names none. Default: PNG where a part is masked, else JPEG.',
  { type: 'string', enum: FORMAT_NAMES },
);

/** `sizeAsk`. */
export const SIZE_PARAMETERS: readonly Parameter[] = [
  queryParameter('max_size', 'Pixels of the longer side, where neither width nor height is given.', {
    type: 'integer',
    minimum: 1,
  }),
  queryParameter('width', 'Pixels.', { type: 'integer', minimum: 1 }),
  queryParameter('height', 'Pixels.', { type: 'integer', minimum: 1 }),
];

export const COORD_CRS = queryParameter('coord_crs', 'Reference system of the coordinates.', {
  type: 'string',
  default: 'EPSG:4326',
});
export const DST_CRS = queryParameter(
  'dst_crs',
  'Reference system of the picture.',
  { type: 'string' },
  'EPSG:3857',
);

export const TILE_SIZE = queryParameter('tilesize', 'Pixels of a side.', { type: 'integer', minimum: 1 });

export const MATRIX_SET = pathParameter('tms', 'Tile matrix set.', { type: 'string' }, 'WebMercatorQuad');

export const TILE_PATH: readonly Parameter[] = [
  pathParameter('z', 'Zoom.', { type: 'integer', minimum: 0 }, 8),
  pathParameter('x', 'Column.', { type: 'integer' }, 149),
  pathParameter(
    'y',
    `Row; then, if wanted, @2x for twice the size and one of .${FORMAT_NAMES.join(' .')}.`,
    { type: 'string', pattern: `^\\d+(@\\dx)?(\\.(${FORMAT_NAMES.join('|')}))?$` },
    '141.png',
  ),
];

const BINARY: Schema = { type: 'string', format: 'binary' };

export const IMAGE_ANSWERS: Readonly<Record<number, Answer>> = {
  200: {
    description: 'The picture. `Content-Bbox` and `Content-Crs` say where it lies.',
    content: {
      'image/png': BINARY,
      'image/jpeg': BINARY,
      'image/webp': BINARY,
      'image/tiff; application=geotiff': BINARY,
      'application/x-binary': BINARY,
    },
  },
  304: { description: 'What `If-None-Match` names is still the answer.' },
};

/** `parseSizeName`. */
export const SIZE_NAME = pathParameter(
  'size',
  '{width}x{height}.{format}',
  { type: 'string', pattern: '^\\d+x\\d+\\.\\w+$' },
  '512x512.png',
);
