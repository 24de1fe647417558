import type { CogService } from '../../../cog/cog-service.js';
import type { AppDeps, Handler } from '../../deps.js';
import type { Operation, Route } from '../../route.js';
import { COG_BBOX_OPERATION, SIZED_BBOX_OPERATION, cogBboxRoute, sizedCogBboxRoute } from './bbox.js';
import { INFO_FEATURE_OPERATION, INFO_OPERATION, infoFeatureRoute, infoRoute } from './info.js';
import { COG_POINT_OPERATION, cogPointRoute } from './point.js';
import { PREVIEW_OPERATION, SIZED_PREVIEW_OPERATION, previewRoute, sizedPreviewRoute } from './preview.js';
import { COG_STATISTICS_OPERATION, cogStatisticsRoute } from './statistics.js';
import { COG_TILEJSON_OPERATION, PLAIN_TILEJSON_OPERATION, cogTileJsonRoute } from './tilejson.js';
import { COG_TILE_OPERATION, PLAIN_COG_TILE_OPERATION, cogTileRoute } from './tiles.js';

const get = (path: string, operation: Operation, handler: Handler): Route => ({
  method: 'get',
  path,
  operation,
  handler,
});

/** TiTiler's paths for files of our own buckets; none where the server has no such service. */
export function cogRoutes(deps: AppDeps): readonly Route[] {
  return deps.cog === undefined ? [] : routesOf(deps, deps.cog);
}

function routesOf(deps: AppDeps, cog: CogService): readonly Route[] {
  const tile = cogTileRoute(deps, cog);
  const tileJson = cogTileJsonRoute(cog, deps.config);
  return [
    get('/cog/info', INFO_OPERATION, infoRoute(cog)),
    get('/cog/info.geojson', INFO_FEATURE_OPERATION, infoFeatureRoute(cog)),
    get('/cog/tilejson.json', PLAIN_TILEJSON_OPERATION, tileJson),
    get('/cog/:tms/tilejson.json', COG_TILEJSON_OPERATION, tileJson),
    get('/cog/tiles/:tms/:z/:x/:y', COG_TILE_OPERATION, tile),
    get('/cog/tiles/:z/:x/:y', PLAIN_COG_TILE_OPERATION, tile),
    get('/cog/point/:lonlat', COG_POINT_OPERATION, cogPointRoute(cog)),
    get('/cog/bbox/:bbox', COG_BBOX_OPERATION, cogBboxRoute(cog)),
    get('/cog/bbox/:bbox/:size', SIZED_BBOX_OPERATION, sizedCogBboxRoute(cog)),
    get('/cog/preview/:size', SIZED_PREVIEW_OPERATION, sizedPreviewRoute(cog)),
    get('/cog/statistics', COG_STATISTICS_OPERATION, cogStatisticsRoute(cog)),
    get('/cog/:preview', PREVIEW_OPERATION, previewRoute(cog)),
  ];
}
