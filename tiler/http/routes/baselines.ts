import { BASELINE_PRODUCT, DYNAMIC_WORLD } from '../../render/dynamic-world.js';
import { emptyRaster } from '../../render/empty-raster.js';
import type { LayerInfo } from '../../tiles/tile-service.js';
import { renderTile } from '../../render/render-tile.js';
import { baselineOf } from '../baseline-year.js';
import { SHORT } from '../caching.js';
import type { AppDeps } from '../deps.js';
import { entityTag, matchesIfNoneMatch } from '../etag.js';
import { parseYear } from '../query.js';
import { BASELINE_LAYER, BASELINE_STYLE } from '../shown-layer.js';
import { parseTilePath } from '../tile-path.js';
import type { TileAnswers } from '../tile-question.js';
import { TILE_ANSWERS, TILE_PATH } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link baselineAnswers} says about itself. */
export const BASELINE_OPERATION: Operation = {
  summary: 'A tile of Dynamic World',
  description: 'Classes 0 (water) to 8 (snow and ice); 255 where there is none.',
  tag: 'baselines',
  parameters: [
    {
      name: 'year',
      in: 'path',
      required: true,
      description: 'Year in which the season starts.',
      schema: { type: 'integer' },
      example: 2024,
    },
    ...TILE_PATH,
  ],
  answers: TILE_ANSWERS,
};

/** Files and arrays have the product's name. */
const LAYER: LayerInfo = { ...BASELINE_LAYER, name: BASELINE_PRODUCT };
const CLASS_NAMES = DYNAMIC_WORLD.map(({ name }) => name);

/** GET /baselines/dw/{year}/tiles/{z}/{x}/{y}[@2x][.png .tif .npy]: Dynamic World's classes. */
export function baselineAnswers({ baselines }: AppDeps): TileAnswers {
  return async (c, { z, x, last, year: asked = '' }) => {
    const { tile, scale, format } = parseTilePath(z, x, last);
    const found = await baselineOf(baselines, parseYear(asked));
    const { year } = found;
    const etag = entityTag({ baseline: found.digest, tile, scale, format, style: BASELINE_STYLE });
    const headers = {
      ETag: etag,
      'Cache-Control': SHORT,
      'Last-Modified': found.lastModified.toUTCString(),
      'X-GeoCrop-Tile': 'final',
    };
    if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
      return new Response(null, { status: 304, headers });
    }
    const raster = await baselines?.tile(year, tile, { scale, signal: c.get('signal') });
    const { body, contentType } = await renderTile(raster ?? emptyRaster(LAYER, 256 * scale), {
      layer: LAYER,
      tile,
      format,
      style: BASELINE_STYLE,
      classNames: CLASS_NAMES,
    });
    return new Response(body, {
      headers: { ...headers, 'Content-Type': contentType, 'Content-Length': String(body.byteLength) },
    });
  };
}
