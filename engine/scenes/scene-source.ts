import type { Area } from '../geo/polygon.js';
import type { Bounds } from '../geo/tile-matrix.js';
import type { AssetName, LeftOutScene } from './scene.js';
import type { StacItem } from './stac-item.js';

export interface SceneQuery {
  /** Degrees, [west, south, east, north]. */
  readonly bbox: Bounds;
  /** UTC dates, `YYYY-MM-DD`, both included. */
  readonly start: string;
  readonly end: string;
}

/**
 * What a source found. It may be more than was asked for: catalogues read dates and boxes differently, so whoever asks
 * looks at each item again.
 */
export interface FoundItems {
  readonly items: readonly StacItem[];
  /** Documents that are no items, and items that came twice under different documents. */
  readonly leftOut: readonly LeftOutScene[];
}

/** Where scenes are found: a STAC API, or a static catalogue on disk or HTTP. Nothing is asked before the first call. */
export interface SceneSource {
  /** Key-safe name of catalogue and collection: part of object keys and recipes. */
  readonly profile: string;
  /** For people: the URL or path that was given. */
  readonly location: string;
  /** The API's URL, which tells collections of one name apart. */
  readonly apiUrl?: string;
  /** Throws stac-unavailable, stac-refused, stac-malformed, source-missing, aborted. */
  search(query: SceneQuery, signal?: AbortSignal): Promise<FoundItems>;
  /** Footprints of everything in a static catalogue: its coverage. null for an API. */
  areas(signal?: AbortSignal): Promise<readonly Area[] | null>;
  /** Bands (in stack order, then `scl`) that the collection has. */
  assets(signal?: AbortSignal): Promise<readonly AssetName[]>;
  /**
   * Digest of a catalogue on disk, where looking again is cheap: a stored scene list with another revision is old. null
   * for what lies behind a network, which is not asked again for a closed season.
   */
  revision(signal?: AbortSignal): Promise<string | null>;
}

/** The clock and the waiting of everything that retries: injected, so that tests take no time. */
export interface Timers {
  /** Milliseconds, of any origin. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
