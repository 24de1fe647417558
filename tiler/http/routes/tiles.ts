import { isGeoCropError } from '../../../engine/errors.js';
import { pendingTile } from '../../render/pending-tile.js';
import type { EncodedTile } from '../../render/render-tile.js';
import type { TileIdentity } from '../../tiles/tile-service.js';
import { askedLayer } from '../asked-layer.js';
import { IMMUTABLE, NO_STORE, SHORT, tileCacheControl } from '../caching.js';
import type { AppContext, AppDeps } from '../deps.js';
import { matchesIfNoneMatch } from '../etag.js';
import { memoryTiles } from '../memory-tiles.js';
import { KEY_HEADER, mayCompute } from '../permission.js';
import { PROBLEMS } from '../problem.js';
import { WAITED_HEADER, parsePending, parseWait } from '../query.js';
import type { LoadedTile, TileAsk } from '../tile-loader.js';
import { TileLoader, tileTag } from '../tile-loader.js';
import { parseTilePath } from '../tile-path.js';
import type { TileAnswers } from '../tile-question.js';
import { LAYER_PARAMETERS, TILE_ANSWERS, TILE_PATH, WAIT } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link tileAnswers} says about itself. */
export const TILE_OPERATION: Operation = {
  summary: 'A tile of a map',
  description: 'Computed where nobody has asked for it before. Outside the covered area it is transparent.',
  tag: 'tiles',
  parameters: [
    ...TILE_PATH,
    ...LAYER_PARAMETERS,
    {
      name: 'v',
      in: 'query',
      description:
        'Version of the map, as TileJSON gives it: with the current one the answer is kept for a year.',
      schema: { type: 'string' },
    },
    WAIT,
    {
      name: 'pending',
      in: 'query',
      description: 'For clients that do not ask again: a picture that says “computing” in place of a 503.',
      schema: { type: 'string', enum: ['tile'] },
    },
  ],
  answers: TILE_ANSWERS,
};

/**
 * GET /tiles/{z}/{x}/{y}[@2x][.png .tif .npy] (docs/architecture.md, "HTTP"), and every other address of the same tile. Once an
 * app: it holds the tiles in memory.
 */
export function tileAnswers(deps: AppDeps): TileAnswers {
  const { service, config, metrics, clock } = deps;
  const memory = memoryTiles(deps);
  const shared = deps.sharedTiles ?? null;
  const loader = new TileLoader({ service, memory, shared, clock });
  metrics.tiers(() => [memory, ...(shared === null ? [] : [shared])]);

  return async (c, { z, x, last, query }) => {
    const path = parseTilePath(z, x, last);
    const ask: TileAsk = { ...path, ...askedLayer(service, query) };
    const waitMs = parseWait(query('wait'), config.waitSeconds, c.req.header(WAITED_HEADER));
    const pending = parsePending(query('pending')) && ask.format === 'png';
    const versioned = query('v') === service.version(ask.map);
    const signal = c.get('signal');
    const begun = clock.now();

    const identity = await service.identify(ask.map, ask.layer.name, ask.tile, signal);
    const etag = tileTag(ask, identity);
    if (etag !== null && matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
      note(c, ask, { state: 'final', cache: 'client' });
      return notModified(etag, identity, versioned);
    }

    const patience = { waitMs, mayCompute: mayCompute(config, c.req.header(KEY_HEADER)), signal };
    let loaded: LoadedTile;
    try {
      loaded = identity.empty
        ? await loader.empty(ask, etag, identity.lastModified)
        : await loader.load(ask, etag, patience);
    } catch (error) {
      if (pending && isGeoCropError(error, 'not-ready')) {
        note(c, ask, { state: 'pending' });
        return pendingAnswer(await pendingTile(ask.scale));
      }
      // Nothing there is no failure: maps have edges.
      if (!isGeoCropError(error, 'no-scenes', 'outside-coverage')) throw error;
      loaded = await loader.empty(ask, null, null);
    }
    const timings = { ...loaded.timings, total: clock.now() - begun };
    metrics.tile(loaded.tier, ask.tile.z, loaded.state);
    metrics.stages(ownStages(loaded, timings.total));
    note(c, ask, { state: loaded.state, cache: loaded.tier, timings: rounded(timings) });
    return tileAnswer(loaded, timings, versioned, identity.closed);
  };
}

/** What the computing of a metatile took is counted there, once, not with each of its tiles. */
function ownStages({ tier, timings }: LoadedTile, total: number): Record<string, number> {
  if (tier === 'memory') return {};
  if (tier === 'archive' || tier === 'redis') return { ...timings, total };
  return { encode: timings['encode'] ?? 0, total };
}

function tileAnswer(
  { body, contentType, etag, state, tier, lastModified }: LoadedTile,
  timings: Readonly<Record<string, number>>,
  versioned: boolean,
  closed: boolean,
): Response {
  const cacheControl = tileCacheControl(state, versioned, closed);
  return new Response(body, {
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(body.byteLength),
      // What has no tag may change, whatever its address says.
      'Cache-Control': etag === null && cacheControl === IMMUTABLE ? SHORT : cacheControl,
      'X-GeoCrop-Tile': state,
      'X-GeoCrop-Cache': tier,
      'Server-Timing': serverTiming(timings),
      ...(etag === null ? {} : { ETag: etag }),
      ...(lastModified === null ? {} : { 'Last-Modified': lastModified.toUTCString() }),
    },
  });
}

function notModified(etag: string, { closed, lastModified }: TileIdentity, versioned: boolean): Response {
  return new Response(null, {
    status: 304,
    headers: {
      ETag: etag,
      'Cache-Control': tileCacheControl('final', versioned, closed),
      'X-GeoCrop-Tile': 'final',
      ...(lastModified === null ? {} : { 'Last-Modified': lastModified.toUTCString() }),
    },
  });
}

function pendingAnswer({ body, contentType }: EncodedTile): Response {
  return new Response(body, {
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(body.byteLength),
      'Cache-Control': NO_STORE,
      'X-GeoCrop-Tile': 'incomplete',
      'Retry-After': String(PROBLEMS['not-ready'].retryAfter),
    },
  });
}

/** W3C Server Timing: names are tokens. */
function serverTiming(timings: Readonly<Record<string, number>>): string {
  return Object.entries(rounded(timings))
    .map(([stage, ms]) => `${stage.replace(/[^\w-]/g, '_')};dur=${ms}`)
    .join(', ');
}

function rounded(timings: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(timings).map(([stage, ms]) => [stage, Number(ms.toFixed(2))]));
}

function note(c: AppContext, { tile, layer, map }: TileAsk, fields: Record<string, unknown>): void {
  Object.assign(c.get('wide'), { z: tile.z, x: tile.x, y: tile.y, layer: layer.name, ...map, ...fields });
}
