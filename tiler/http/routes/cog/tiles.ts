import type { TileTier } from '../../../../cache/tile-tier.js';
import type { FinalTile } from '../../../../cache/tile-tier.js';
import {
  tileBounds,
  tileMatrixSet,
} from '../../../../engine/raster-files/warp/tile-matrix-sets/tile-matrix-set.js';
import { SharedWork } from '../../../../engine/windows/shared-work.js';
import { readAsk } from '../../../cog/ask/read-ask.js';
import { renderAsk } from '../../../cog/ask/render-ask.js';
import { tileSize } from '../../../cog/ask/size-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import type { CogFile } from '../../../cog/address/cog-files.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { CogJob, ImageAnswer } from '../../../cog/jobs/job.js';
import type { AppDeps, Handler } from '../../deps.js';
import { matchesIfNoneMatch } from '../../etag.js';
import { memoryTiles } from '../../memory-tiles.js';
import type { Operation } from '../../route.js';
import {
  FORMAT_PARAMETER,
  IMAGE_ANSWERS,
  MATRIX_SET,
  READ_PARAMETERS,
  RENDER_PARAMETERS,
  TILE_PATH,
  TILE_SIZE,
  URL_PARAMETER,
} from './parameters.js';
import { askedOf, askedUrl, baseHeaders, cogTag, imageHeaders } from './respond.js';
import { parseTileName } from './tile-name.js';
import { NO_BUFFER, WEB_MERCATOR_QUAD } from './tilejson.js';

const SHARED = [
  ...TILE_PATH,
  URL_PARAMETER,
  ...READ_PARAMETERS,
  ...RENDER_PARAMETERS,
  TILE_SIZE,
  FORMAT_PARAMETER,
];

export const COG_TILE_OPERATION: Operation = {
  summary: 'A tile of a file',
  description: 'Outside the file it is 404, as TiTiler has it.',
  tag: 'cog',
  parameters: [MATRIX_SET, ...SHARED],
  answers: IMAGE_ANSWERS,
};

export const PLAIN_COG_TILE_OPERATION: Operation = {
  ...COG_TILE_OPERATION,
  description: 'Of WebMercatorQuad, under the address that TiTiler had before version 1.',
  parameters: SHARED,
};

const TILE_PIXELS = 256;

type TileJob = Extract<CogJob, { kind: 'tile' }>;

/** A tile of a file, from where it is kept or made. */
interface Loaded {
  readonly tile: FinalTile;
  readonly file: CogFile;
  readonly tier: TileTier['name'] | 'computed';
}

/** GET /cog/tiles/{tms}/{z}/{x}/{y}[@{scale}x][.format] and, of WebMercatorQuad, /cog/tiles/{z}/{x}/{y}…. */
export function cogTileRoute(deps: AppDeps, cog: CogService): Handler {
  const load = tileLoader(deps, cog);
  return async (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked, { buffer: NO_BUFFER, padding: NO_BUFFER });
    const { z, x, y, scale, format } = parseTileName(
      c.req.param('z') ?? '',
      c.req.param('x') ?? '',
      c.req.param('y') ?? '',
    );
    const job: TileJob = {
      kind: 'tile',
      matrixSet: c.req.param('tms') ?? WEB_MERCATOR_QUAD,
      z,
      x,
      y,
      size: tileSize(asked) ?? TILE_PIXELS * scale,
      read: readAsk(asked),
      render: renderAsk(asked, format),
    };
    const url = askedUrl(asked);
    Object.assign(c.get('wide'), { cog: url, job: 'tile', z, x, y });
    const file = await cog.identify(url);
    const etag = cogTag(file, job);
    if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
      return new Response(null, { status: 304, headers: baseHeaders(etag, file) });
    }
    const loaded = await load(file, job, etag, c.get('signal'));
    Object.assign(c.get('wide'), { cache: loaded.tier });
    const { body, contentType } = loaded.tile;
    return new Response(body, {
      headers: {
        ...baseHeaders(loaded.tile.etag, loaded.file),
        ...imageHeaders({ contentType, ...placeOf(job) }),
        'Content-Length': String(body.byteLength),
        'X-GeoCrop-Cache': loaded.tier,
      },
    });
  };
}

/** The same however the tile was come by. */
function placeOf({ matrixSet, z, x, y }: TileJob): Pick<ImageAnswer, 'bounds' | 'crs'> {
  const set = tileMatrixSet(matrixSet);
  return { bounds: tileBounds(set, z, x, y), crs: set.crs.name };
}

/** Memory, then what processes share, then the file; once for all who ask for the same at the same time. */
function tileLoader(
  deps: AppDeps,
  cog: CogService,
): (file: CogFile, job: TileJob, etag: string, signal: AbortSignal) => Promise<Loaded> {
  const memory = memoryTiles(deps);
  const shared = deps.sharedTiles ?? null;
  const flights = new SharedWork<Loaded>();
  return async (file, job, etag, signal) => {
    const kept = await memory.get(etag);
    if (kept !== undefined) return { tile: kept, file, tier: memory.name };
    return flights.run(etag, signal, async (patience) => {
      const found = await shared?.get(etag);
      if (found !== undefined && shared !== null) {
        await memory.set(found);
        return { tile: found, file, tier: shared.name };
      }
      const made = await cog.answer(file, job, patience);
      if (made.answer.kind !== 'image') throw new TypeError('a tile is a picture');
      const { body, contentType } = made.answer;
      const tile: FinalTile = {
        body,
        contentType,
        etag: cogTag(made.file, job),
        state: 'final',
        lastModified: made.file.lastModified,
      };
      await memory.set(tile);
      // Nobody waits for it.
      void shared?.set(tile);
      return { tile, file: made.file, tier: 'computed' };
    });
  };
}
