import type { Context } from 'hono';
import type { TileTier } from '../../cache/tile-tier.js';
import type { CogService } from '../cog/cog-service.js';
import type { AreaService } from '../areas/area-service.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { BaselineTiles } from '../tiles/baseline-tiles.js';
import type { MapKey, TileService } from '../tiles/tile-service.js';
import type { Clock } from './clock.js';

/** The part of the configuration that the HTTP layer needs. */
export interface HttpConfig {
  /** Seconds that a request waits where it does not say, 0 to 55. */
  readonly waitSeconds: number;
  /** Who may have tiles computed: everyone, who sends the key as `X-GeoCrop-Key`, nobody. */
  readonly compute: 'public' | 'key' | 'none';
  readonly computeKey: string | null;
  /** Where clients reach this server, without a slash at the end; null: as each request says. */
  readonly publicUrl: string | null;
  /** Credits that every map shows: plain text or simple HTML. */
  readonly attribution: string;
  /** Encoded tiles in memory. */
  readonly tileCacheBytes: number;
  /** The most that a request may send. */
  readonly bodyBytes: number;
  /** Raster tiles that the viewer shows beneath the map, an address with {z}, {x} and {y}, and their credits. */
  readonly base?: { readonly tiles: string; readonly attribution: string };
  /** GeoJSON file of provinces or districts. */
  readonly districts?: string;
}

/** What people see of a map beside its pixels. */
export interface MapDescription {
  /** Where a viewer opens: longitude, latitude, zoom. */
  readonly center?: readonly [number, number, number];
  /** First and last day of the season, `YYYY-MM-DD`, both included. */
  readonly period?: readonly [string, string];
  /** The bundle's card. */
  readonly card?: Readonly<Record<string, unknown>>;
}

export interface AppDeps {
  readonly service: TileService;
  readonly config: HttpConfig;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly describe?: (map: MapKey) => MapDescription;
  readonly baselines?: BaselineTiles;
  /** TiTiler's paths; without it there are none. */
  readonly cog?: CogService;
  /** Numbers and files of areas; without, there are no such routes. */
  readonly areas?: AreaService;
  /** Encoded tiles that processes share, between memory and the service. Closed by who opened it. */
  readonly sharedTiles?: TileTier;
  /** Folder of the built viewer; without one `/` answers 404. */
  readonly viewerDir?: string;
  /** Fires when the server begins to stop: streams end, readiness goes. */
  readonly closing?: AbortSignal;
}

/** What a request carries through its handlers. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** Template of the route, for metrics and log. */
    route: string;
    /** Fires when the client goes away. */
    signal: AbortSignal;
    /** Further members of the request's one log line. */
    wide: Record<string, unknown>;
  };
}

export type AppContext = Context<AppEnv>;
export type Handler = (c: AppContext) => Promise<Response> | Response;
