import type { MaskReason } from '../../engine/metatile/masked-dates.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import type { Raster } from '../../engine/raster.js';

/** Zoom, column, row of the XYZ web-mercator tile matrix. */
export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** Which map: names are checked (404 codes) by {@link TileService.resolveMap}. */
export interface MapKey {
  readonly season: string;
  readonly year: number;
  readonly model: string;
}

/** `classes`, `confidence`, `observations`, `truecolor`, or a feature's name. */
export type LayerName = string;

export type TileState = 'final' | 'partial' | 'incomplete' | 'stale';
export type TileTier = 'memory' | 'redis' | 'archive' | 'computed';

/** What a tile is, before any pixel is read. */
export interface TileIdentity {
  /**
   * Digest over recipe, scene list, z/x/y and layer: the HTTP layer adds format, size and style and makes the ETag.
   * null where the answer may not be kept: stale, incomplete, partial, or its scenes are not looked up yet.
   */
  readonly digest: string | null;
  /** True where the season is closed: with the current `v` the answer is immutable. */
  readonly closed: boolean;
  /** Newest scene, or null where nothing is there. */
  readonly lastModified: Date | null;
  /** Outside coverage or no scenes: answered with an empty tile without work. */
  readonly empty: boolean;
}

export interface TileValues {
  /** 256 × 256 (512 × 512 for scale 2). classes, confidence, observations: uint8 × 1; truecolor: uint8 × 3 with mask; features: float32 × 1. */
  readonly raster: Raster;
  readonly state: TileState;
  readonly tier: TileTier;
  readonly lastModified: Date | null;
  /** Milliseconds by stage: plan, read, decode, features, inference, smoothing, archive … */
  readonly timings: Readonly<Record<string, number>>;
  /** Where incomplete: what could not be read, for people. */
  readonly missing?: readonly string[];
  /** What exactly these values are, where asking again might tell of newer ones. */
  readonly identity?: TileIdentity;
}

/** How a tile is asked for. */
export interface TileWish {
  readonly scale: 1 | 2;
  readonly waitMs: number;
  /** False: only what is in memory or archived, `not-computed` otherwise. Default true. */
  readonly mayCompute?: boolean;
  readonly signal?: AbortSignal;
}

export interface PointAnswer {
  readonly lon: number;
  readonly lat: number;
  /** Map pixel at zoom 14: global column and row. */
  readonly pixel: { readonly x: number; readonly y: number };
  readonly map: MapKey;
  /** One entry per valid observation, by date; reflectances and indices at it. */
  readonly series: readonly {
    readonly date: string;
    readonly scene: string;
    readonly reflectance: Readonly<Record<string, number>>;
    readonly ndvi: number | null;
    readonly ndre: number | null;
  }[];
  /**
   * The dates with scenes and no valid observation, by date: what the scene classification says there, `near-cloud` for what lies
   * within the cloud buffer, `no-data` for missing pixels, `outside` where no scene of the date reaches the pixel.
   */
  readonly masked: readonly {
    readonly date: string;
    readonly scene: string;
    readonly reason: MaskReason;
  }[];
  readonly observations: number;
  /** FEATURE_ORDER_V1 by name; null where nodata. */
  readonly features: Readonly<Record<string, number | null>>;
  /** The class that the map shows there (smoothed), its confidence, and the ensemble's probabilities by class name; null where nodata or no model. */
  readonly class: { readonly id: number; readonly name: string; readonly confidence: number } | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly scenes: SceneList;
}

export type TileEventState = 'queued' | 'reading' | 'computing' | 'ready' | 'archived' | 'failed';

export interface TileEvent {
  readonly map: MapKey;
  /**
   * A native (z14) tile, or the z12 metatile for `archived`, `failed`, and `ready` where it has no scene. `archived` comes once more when
   * the zooms below 12 show it.
   */
  readonly tile: TileAddress;
  readonly state: TileEventState;
  /** 0 to 1 of the scenes' dates read, while reading. */
  readonly progress?: number;
  readonly message?: string;
}

export interface LayerInfo {
  readonly name: LayerName;
  readonly kind: 'classes' | 'percent' | 'count' | 'rgb' | 'feature';
  readonly title: string;
}

/** What the HTTP layer knows of the map: implemented in tiler/tiles, faked in HTTP tests. */
export interface TileService {
  /** Defaults filled in and names checked; throws unknown-season, unknown-year, unknown-model. */
  resolveMap(asked: { season?: string; year?: number; model?: string }): MapKey;
  models(): readonly string[];
  years(season: string): readonly number[];
  seasons(): readonly string[];
  layers(map: MapKey): readonly LayerInfo[];
  /** Class names and `#rrggbb` colours by id. */
  legend(map: MapKey): readonly { readonly id: number; readonly name: string; readonly color: string }[];
  /** First 8 digits of the map recipe's digest: the `v` of URLs. */
  version(map: MapKey): string;
  /** [west, south, east, north] of the coverage. */
  bounds(): readonly [number, number, number, number];
  computeMinZoom(): number;
  /** Reads the stored scene list at most; asks STAC only where none is stored. Throws unknown-layer, bad-request. */
  identify(map: MapKey, layer: LayerName, tile: TileAddress, signal?: AbortSignal): Promise<TileIdentity>;
  /**
   * Values of one tile. Waits up to `waitMs` for computing; then throws `not-ready`, and the work goes on if it has read
   * anything or others wait. Throws queue-full, not-computed, no-scenes, stac-…, source-… too.
   */
  values(map: MapKey, layer: LayerName, tile: TileAddress, options: TileWish): Promise<TileValues>;
  point(map: MapKey, lon: number, lat: number, signal?: AbortSignal): Promise<PointAnswer>;
  /** Calls back on every change of a tile's state until the returned function is called. */
  subscribe(listener: (event: TileEvent) => void): () => void;
  /** Figures for /metrics. */
  stats(): { readonly queued: number; readonly running: number; readonly memoryBytes: number };
  /** Stops taking work, finishes what is being written. */
  close(): Promise<void>;
}
