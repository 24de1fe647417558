import type { Bounds } from '../../../engine/geo/tile-matrix.js';

/**
 * What POST /statistics answers as JSON (docs/hectares.md). Hectares are ground areas on the WGS 84 ellipsoid, rounded to square metres;
 * pixels are those of zoom 14 whose centre lies in the area. Shares are 0 to 1.
 */
export interface AreaStatistics {
  readonly source: StatisticsSource;
  /** First and last day of the season, `YYYY-MM-DD`, both included; null for a baseline. */
  readonly period: readonly [first: string, last: string] | null;
  /** The whole area that was asked for. */
  readonly area: Amount & { readonly bounds: Bounds };
  readonly completeness: Completeness;
  /** By class id, every class of the map, those with no pixel here too. */
  readonly classes: readonly ClassStatistics[];
  /** What the map's known errors make of these areas. */
  readonly estimate: AreaEstimate;
  /** Digests of the scene lists that the counted pixels were made from, sorted, and how many scenes they name; null for a baseline. */
  readonly scenes: {
    readonly digests: readonly string[];
    readonly count: number;
    readonly newest: string | null;
  } | null;
  /** What a reader must know to use the numbers: sentences for people. */
  readonly notes: readonly string[];
  readonly attribution: string;
}

export type StatisticsSource =
  | {
      readonly kind: 'map';
      readonly layer: 'classes';
      readonly season: string;
      readonly year: number;
      readonly model: string;
      /** The `v` of tile addresses: first 8 digits of the map recipe's digest. */
      readonly version: string;
      readonly recipe: string;
    }
  | {
      readonly kind: 'baseline';
      readonly baseline: 'dw';
      readonly year: number;
      /** First 8 digits of the digest of its files. */
      readonly version: string;
    };

export interface Amount {
  readonly pixels: number;
  readonly hectares: number;
}

/** An amount and its share of the whole area. */
export interface PartOfArea extends Amount {
  readonly share: number;
}

/** The four parts are the whole area. */
export interface Completeness {
  /** True where nothing is left to compute: `notComputed` is 0. */
  readonly complete: boolean;
  /** With a class. */
  readonly classified: PartOfArea;
  /** Computed, and without a class: too few clear observations, or no scenes at all. Of a baseline: nothing stored there. */
  readonly noData: PartOfArea;
  /** Not in the archive: ask with `wait` to have it computed. */
  readonly notComputed: PartOfArea;
  readonly outsideCoverage: PartOfArea;
  /** z12 cells with pixels of the area inside the coverage; null for a baseline. */
  readonly metatiles: {
    readonly all: number;
    /** Of the scenes that are known today. */
    readonly final: number;
    /** Of other scenes than are known today: counted, and soon made anew. */
    readonly stale: number;
    /** Without any scene. */
    readonly empty: number;
    readonly missing: number;
  } | null;
}

export interface ClassStatistics extends Amount {
  readonly id: number;
  readonly name: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** Of what has a class. */
  readonly share: number;
  /** Mean of its pixels' confidence, percent 0 to 100; null without pixels, and for a baseline. */
  readonly meanConfidence: number | null;
  /** Error-adjusted; null where `estimate.possible` is false. */
  readonly adjusted: AdjustedArea | null;
}

export interface AdjustedArea {
  readonly hectares: number;
  /** Of `hectares`. */
  readonly standardError: number;
  /** Hectares: the ends of the 95 % interval, cut at 0 and at all that has a class. */
  readonly interval: readonly [low: number, high: number];
  /** Of what has a class. */
  readonly share: number;
}

/** Olofsson et al. 2014, Remote Sensing of Environment 148, eqs. 9 to 11. */
export type AreaEstimate =
  | { readonly possible: false; /** A sentence. */ readonly reason: string }
  | {
      readonly possible: true;
      readonly method: string;
      readonly level: 0.95;
      /** Reference pixels of the model card's confusion matrix. */
      readonly samples: number;
      /** True where the model was tested on simulated fields only: the estimate says nothing about real ones. */
      readonly simulated: boolean;
      /** What has to hold for it: sentences for people. */
      readonly assumptions: readonly string[];
    };
