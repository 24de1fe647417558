import type { MapKey } from '../tiles/tile-service.js';
import type { Bounds } from '../../engine/geo/tile-matrix.js';
import type { AreaStatistics } from './statistics/answer.js';

/** What is missing may be computed, within a request's patience. */
export interface ComputeWish {
  readonly waitMs: number;
}

export interface StatisticsAsk {
  /** GeoJSON, as it came. */
  readonly document: unknown;
  readonly of:
    | { readonly kind: 'map'; readonly map: MapKey; readonly card: Readonly<Record<string, unknown>> | null }
    | { readonly kind: 'baseline'; readonly year: number };
  /** null: what is archived is counted, and what is not is said. */
  readonly compute: ComputeWish | null;
  readonly attribution: string;
  readonly signal: AbortSignal;
}

export interface BoxAsk {
  readonly bounds: Bounds;
  readonly of:
    | { readonly kind: 'map'; readonly map: MapKey; readonly layer: string }
    | { readonly kind: 'baseline'; readonly year: number };
  readonly compute: ComputeWish | null;
  readonly signal: AbortSignal;
}

/** A file that can be written, known by what would be in it. */
export interface PlannedBox {
  /** Of all that decides its pixels. */
  readonly digest: string;
  /** `partial`: some of the box is not computed yet; `stale`: some is of other scenes than today's. */
  readonly state: 'final' | 'partial' | 'stale';
  /** No further scene can belong to the season. */
  readonly closed: boolean;
  /** Newest scene. */
  readonly lastModified: Date | null;
  readonly fileName: string;
  /** @throws store-full, area-too-large where it takes too long */
  write(signal: AbortSignal): Promise<WrittenBox>;
}

/** A Cloud Optimized GeoTIFF on this machine's disk, until it is removed. */
export interface WrittenBox {
  readonly path: string;
  readonly bytes: number;
  /** Some of it could not be read after all. */
  readonly partial: boolean;
  readonly remove: () => Promise<void>;
}

/** Numbers and files of areas, from what is archived: implemented by open-area-service.ts. */
export interface AreaService {
  /**
   * Hectares by class.
   * @throws bad-request with the place of what is wrong, area-too-large, outside-coverage, unknown-year, not-ready, queue-full, and what computing and the store throw
   */
  statistics(ask: StatisticsAsk): Promise<AreaStatistics>;
  /** @throws as statistics does; unknown-layer; not-computed where nothing of the box is archived */
  box(ask: BoxAsk): Promise<PlannedBox>;
}
