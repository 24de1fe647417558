/**
 * The HTTP API as the page uses it; nothing else of the server is known here. The page is served beside the API (index.html
 * at the folder that holds `tilejson.json`), so every address is relative to the document and a path prefix just works.
 *
 * GET tilejson.json?season&year&model     {@link TileJson}: TileJSON 3.0 with the extension `geocrop`
 * GET legend.json?season&year&model&layer {@link LegendJson}
 * GET tiles/{z}/{x}/{y}.png?season&year&model&layer&v&wait=0
 *     200 a picture; X-GeoCrop-Tile: final | partial | incomplete | stale; X-GeoCrop-Cache: memory | redis | archive | computed.
 *     Of `classes`, and of the baseline, a palette PNG whose indices are the class ids; of layers with a ramp one whose
 *     indices 0 to 254 go from the ramp's first to its last stop, and 255 is nothing
 *     503 problem+json with Retry-After: `not-ready`, `queue-full`, `not-computed`, `shutting-down`
 *     any other status: problem+json, shown to the person as it is
 * GET baselines/dw/{year}/tiles/{z}/{x}/{y}.png
 * GET point/{lon},{lat}?season&year&model&wait {@link PointAnswer}; 503 with Retry-After while it is being computed
 * POST statistics?season&year&model&wait, a GeoJSON geometry: panels/statistics.ts
 * GET events?season&year&model            Server-Sent Events: first `event: hello`, data {map, version}; then `event: tile`,
 *     data {@link TileEvent}
 */
import { strings } from './strings.js';

export interface MapKey {
  readonly season: string;
  readonly year: number;
  readonly model: string;
}

export interface LayerInfo {
  readonly name: string;
  readonly kind: 'classes' | 'percent' | 'count' | 'rgb' | 'feature';
  readonly title: string;
}

/** The member `geocrop` of /tilejson.json. */
export interface GeoCropInfo {
  /** The map that this TileJSON is of, defaults filled in. */
  readonly map: MapKey;
  /** `v` of tile URLs. */
  readonly version: string;
  readonly layers: readonly LayerInfo[];
  /** What there is to choose from: seasons, the years of this map's season, models. */
  readonly seasons: readonly string[];
  readonly years: readonly number[];
  readonly models: readonly string[];
  /** Below this zoom only archived tiles are shown. */
  readonly computeMinZoom: number;
  /** Where the page opens: [longitude, latitude, zoom]; the zoom may be missing. */
  readonly center: readonly number[];
  /** Years with a Dynamic World baseline; a season's first year. */
  readonly baselineYears: readonly number[];
  /** First and last day of the season, YYYY-MM-DD, both included. */
  readonly period?: readonly [string, string];
  /** The bundle's card; `simulated: true` shows the badge. */
  readonly card?: Readonly<Record<string, unknown>>;
  /** A raster map to lie beneath, where the configuration names one. */
  readonly base?: BaseMap;
  /** Address of a GeoJSON file of provinces or districts, where there is one. */
  readonly districts?: string;
}

export interface BaseMap {
  /** `{z}/{x}/{y}` addresses of 256-pixel tiles. */
  readonly tiles: readonly string[];
  readonly attribution?: string;
  readonly maxzoom?: number;
}

export interface TileJson {
  readonly bounds?: readonly number[];
  readonly center?: readonly number[];
  readonly attribution?: string;
  readonly geocrop: GeoCropInfo;
}

export interface LegendClass {
  readonly id: number;
  readonly name: string;
  /** `#rrggbb`. */
  readonly color: string;
}

/** `classes` for classes; `stops` (rising values, `#rrggbb`) for everything with a ramp; neither for true colour. */
export interface LegendJson {
  readonly layer: string;
  readonly kind: LayerInfo['kind'];
  readonly title: string;
  readonly unit?: string | null;
  readonly classes?: readonly LegendClass[];
  readonly stops?: readonly { readonly value: number; readonly color: string }[];
}

export interface SceneSummary {
  readonly id: string;
  readonly date: string;
  readonly cloudCover: number;
}

export interface PointAnswer {
  readonly lon: number;
  readonly lat: number;
  /** Map pixel at zoom 14: global column and row. */
  readonly pixel: { readonly x: number; readonly y: number };
  readonly map: MapKey;
  /** One entry per valid observation, by date. */
  readonly series: readonly {
    readonly date: string;
    readonly scene: string;
    readonly ndvi: number | null;
    readonly ndre: number | null;
  }[];
  /** Dates with scenes and no valid observation, by date; the reasons are in strings.ts. */
  readonly masked: readonly { readonly date: string; readonly scene: string; readonly reason: string }[];
  readonly observations: number;
  readonly features: Readonly<Record<string, number | null>>;
  readonly class: { readonly id: number; readonly name: string; readonly confidence: number } | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly scenes: {
    readonly scenes: readonly SceneSummary[];
    readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  };
}

export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

export interface TileEvent {
  readonly map: MapKey;
  /** A native (z14) tile, or the z12 metatile for `archived` and `failed`. */
  readonly tile: TileAddress;
  readonly state: 'queued' | 'reading' | 'computing' | 'ready' | 'archived' | 'failed';
  /** 0 to 1, while reading. */
  readonly progress?: number;
  readonly message?: string;
}

/** RFC 9457, as the server writes it. */
export interface Problem {
  readonly code: string;
  /** What was wrong. */
  readonly detail: string;
  /** What to do, when the server knows. */
  readonly hint: string | null;
  readonly status: number;
  /** Seconds, from Retry-After; null without one. */
  readonly retryAfter: number | null;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The code of a request that got no answer at all. */
export const UNREACHABLE = 'unreachable';

export function unreachable(): ApiError {
  return new ApiError({
    code: UNREACHABLE,
    detail: strings.problems.unreachable,
    hint: strings.problems.unreachableHint,
    status: 0,
    retryAfter: 5,
  });
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Reads an answer that is not 2xx. Bodies that are no problem+json (a proxy's HTML) still give a plain sentence. */
export async function problemOf(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: the status has to do.
  }
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return {
    code: text(body['code']) ?? `http-${response.status}`,
    detail: text(body['detail']) ?? text(body['title']) ?? strings.problems.answered(response.status),
    hint: text(body['hint']),
    status: response.status,
    retryAfter: Number.isFinite(seconds) ? seconds : null,
  };
}

/**
 * Fetches JSON; throws {@link ApiError} for every answer that is not 2xx and for no answer. Aborts pass through.
 * @param body is posted as JSON where given
 */
export async function getJson<T>(url: string, signal?: AbortSignal, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable();
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (await response.json()) as T;
}

export function mapQuery(map: Partial<MapKey>): URLSearchParams {
  const query = new URLSearchParams();
  if (map.season !== undefined) query.set('season', map.season);
  if (map.year !== undefined) query.set('year', String(map.year));
  if (map.model !== undefined) query.set('model', map.model);
  return query;
}

export function tileUrl(map: MapKey, version: string, layer: string, tile: TileAddress): string {
  const query = mapQuery(map);
  query.set('layer', layer);
  query.set('v', version);
  // Browsers open six connections a host: waiting is the event stream's work, not a request's.
  query.set('wait', '0');
  return `tiles/${tile.z}/${tile.x}/${tile.y}.png?${query.toString()}`;
}

export function baselineUrl(year: number, tile: TileAddress): string {
  return `baselines/dw/${year}/tiles/${tile.z}/${tile.x}/${tile.y}.png`;
}
