import type { MultiPolygon, Polygon } from 'geojson';
import type { ErrorCode } from '../errors.js';

/**
 * The spectral bands in stack order. A band set is a subset of these, always in this order.
 * Source: FEATURE_ORDER_V1 (B02, B03, B04, B05, B08, B11, B12).
 */
export const BANDS = ['blue', 'green', 'red', 'rededge1', 'nir', 'swir16', 'swir22'] as const;
export type Band = (typeof BANDS)[number];
/** Scene classification layer, read beside the bands. */
export type AssetName = Band | 'scl';

/** One file of a scene. */
export interface SceneAsset {
  /** Absolute: `https://…`, `http://…`, `s3://bucket/key`, or `file:///…`. */
  readonly href: string;
  /** nodata DN that the item states, if any; the file's own GDAL_NODATA goes first. */
  readonly nodata?: number;
}

/** How DN becomes reflectance for one scene: ρ = max(DN · scale + offset, 0.0001). Why is kept for people. */
export interface OffsetDecision {
  readonly scale: number;
  readonly offset: number;
  /** e.g. "profile s2_l2a_c1", "earthsearch:boa_offset_applied is true". */
  readonly reason: string;
  /** Median red reflectance over SCL 4 on the coarsest overviews, or null where fewer than 1,000 pixels have it. */
  readonly checkedRedMedian: number | null;
}

/** One STAC item as we use it: one acquisition of one MGRS tile. */
export interface Scene {
  readonly id: string;
  readonly collection: string;
  /** ISO 8601, UTC. */
  readonly datetime: string;
  /** UTC date, `YYYY-MM-DD`. */
  readonly date: string;
  /** Percent, 0 to 100; 0 where the item does not say. */
  readonly cloudCover: number;
  /** `s2:processing_baseline` as a number (5.09), 0 where missing. */
  readonly baseline: number;
  /** What the item states (`proj:epsg` or `proj:code`); the COG's own keys go first; null where it says nothing. */
  readonly epsg: number | null;
  /** The item's footprint: GeoJSON Polygon or MultiPolygon, lon/lat. */
  readonly geometry: Polygon | MultiPolygon;
  readonly assets: Readonly<Partial<Record<AssetName, SceneAsset>>>;
  readonly reflectance: OffsetDecision;
}

/** A scene that is not used, and why: shown to people, kept in the scene list. */
export interface LeftOutScene {
  readonly id: string;
  readonly reason: string;
  readonly code:
    | 'cloudy'
    | 'lacks-asset'
    | 'malformed'
    | 'unsupported'
    | 'offset-implausible'
    | 'quarantined'
    | 'duplicate';
}

/**
 * The scenes of one metatile and season: a stored object, `scenes/{profile}/{season}-{year}/12/{x}/{y}.json`.
 * `digest` is over `scenes` only (ids, hrefs, offsets, baselines), not over when it was looked up.
 */
export interface SceneList {
  readonly profile: string;
  readonly season: string;
  readonly year: number;
  readonly metatile: { readonly z: 12; readonly x: number; readonly y: number };
  /** Ordered by date, then higher baseline first, then id: the order in which they are fused. */
  readonly scenes: readonly Scene[];
  readonly leftOut: readonly LeftOutScene[];
  /** ISO 8601, UTC: when STAC was asked. */
  readonly lookedUpAt: string;
  readonly digest: string;
  /** The assets that a scene had to have: a list made for other bands must be made anew. */
  readonly required?: readonly AssetName[];
  /** `SceneSource.revision()` when it was made; missing for what has none. */
  readonly revision?: string;
  /**
   * Scenes whose offset could not be checked because reading failed; they are not among `scenes`. A list with any is
   * good for an answer marked incomplete, and is never stored.
   */
  readonly unchecked?: readonly UncheckedScene[];
}

/** A scene that could not be read when its offset was to be checked. */
export interface UncheckedScene {
  readonly id: string;
  /** The typed error's code, e.g. `source-missing`: what decides about quarantine. */
  readonly code: ErrorCode;
  readonly reason: string;
}
