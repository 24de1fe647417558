import { tileSize } from '../../../cog/ask/size-ask.js';
import { imageFormat } from '../../../cog/ask/image-name.js';
import { readAsk } from '../../../cog/ask/read-ask.js';
import { renderAsk } from '../../../cog/ask/render-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import { wholeNumber } from '../../../cog/ask/values.js';
import type { Asked } from '../../../cog/ask/asked.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { AppContext, Handler, HttpConfig } from '../../deps.js';
import { json, queryParameter } from '../../parameters.js';
import { baseUrl } from '../../base-url.js';
import type { Operation } from '../../route.js';
import { MATRIX_SET, READ_PARAMETERS, RENDER_PARAMETERS, TILE_SIZE, URL_PARAMETER } from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';
import { parseScale } from './tile-name.js';

const SHARED = [
  URL_PARAMETER,
  TILE_SIZE,
  queryParameter('tile_format', 'Format in the tiles’ address.', { type: 'string' }),
  queryParameter('tile_scale', 'Scale in the tiles’ address, 1 to 4, in place of tilesize.', {
    type: 'integer',
  }),
  queryParameter('minzoom', 'In place of the file’s.', { type: 'integer' }),
  queryParameter('maxzoom', 'In place of the file’s.', { type: 'integer' }),
  ...READ_PARAMETERS,
  ...RENDER_PARAMETERS,
];

export const COG_TILEJSON_OPERATION: Operation = {
  summary: 'Where a file’s tiles are',
  description: 'TileJSON 3.0. What is said of the picture goes on into the tiles’ address.',
  tag: 'cog',
  parameters: [MATRIX_SET, ...SHARED],
  answers: json('TileJSON 3.0'),
};

export const PLAIN_TILEJSON_OPERATION: Operation = {
  ...COG_TILEJSON_OPERATION,
  description: 'TileJSON 3.0 of WebMercatorQuad, under the address that TiTiler had before version 1.',
  parameters: SHARED,
};

export const WEB_MERCATOR_QUAD = 'WebMercatorQuad';

/** TiTiler's, where nothing is asked for. */
const DEFAULT_TILE_SIZE = 512;
/** Of the TileJSON, and not of its tiles. */
const OWN = ['tilematrixsetid', 'tile_format', 'tile_scale', 'minzoom', 'maxzoom'];

/** GET /cog/{tms}/tilejson.json and, of WebMercatorQuad, /cog/tilejson.json. */
export function cogTileJsonRoute(cog: CogService, config: HttpConfig): Handler {
  return (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked, { buffer: NO_BUFFER, padding: NO_BUFFER });
    const matrixSet = c.req.param('tms') ?? WEB_MERCATOR_QUAD;
    const url = askedUrl(asked);
    // What the tiles would refuse is refused here.
    readAsk(asked);
    renderAsk(asked, undefined);
    const tiles = tilesAddress(c, config, asked, matrixSet);
    const zoom = (name: string) => asked.get(name, wholeNumber, 'a whole number');
    const [minzoom, maxzoom] = [zoom('minzoom'), zoom('maxzoom')];
    return respond(c, cog, {
      url,
      job: { kind: 'tilejson', matrixSet },
      more: { tiles, minzoom, maxzoom },
      made: (answer) => {
        const found = (answer.kind === 'json' ? answer.value : {}) as TilesOfFile;
        const document = tileJson(
          { ...found, minzoom: minzoom ?? found.minzoom, maxzoom: maxzoom ?? found.maxzoom },
          tiles,
        );
        return { body: JSON.stringify(document), headers: { 'Content-Type': 'application/json' } };
      },
    });
  };
}

export const NO_BUFFER = 'Tiles have neither buffer nor padding here; their edges fit without.';

interface TilesOfFile {
  readonly minzoom: number;
  readonly maxzoom: number;
  readonly bounds: readonly [number, number, number, number];
  readonly [other: string]: unknown;
}

/** Members in TiTiler's order; what is null is left out, as there. */
function tileJson(
  { minzoom, maxzoom, bounds, ...about }: TilesOfFile,
  tiles: string,
): Record<string, unknown> {
  const [west, south, east, north] = bounds;
  const document = {
    tilejson: '3.0.0',
    version: '1.0.0',
    scheme: 'xyz',
    tiles: [tiles],
    minzoom,
    maxzoom,
    bounds,
    center: [(west + east) / 2, (south + north) / 2, minzoom],
    raster_layers: {},
    ...about,
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}

function tilesAddress(c: AppContext, config: HttpConfig, asked: Asked, matrixSet: string): string {
  const search = new URLSearchParams(
    [...new URL(c.req.url).searchParams].filter(([name]) => !OWN.includes(name.toLowerCase())),
  );
  const scale = asked.get('tile_scale', (text) => parseScale(text), 'a scale from 1 to 4');
  const size = tileSize(asked);
  if (scale === undefined && size === undefined) search.append('tilesize', String(DEFAULT_TILE_SIZE));
  const format = asked.last('tile_format');
  if (format !== undefined) imageFormat(format);
  const last = `{y}${scale === undefined ? '' : `@${scale}x`}${format === undefined ? '' : `.${format}`}`;
  const base = baseUrl(c, config.publicUrl);
  return `${base}/cog/tiles/${encodeURIComponent(matrixSet)}/{z}/{x}/${last}?${search.toString()}`;
}
