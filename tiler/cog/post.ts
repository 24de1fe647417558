import type { RGBA } from '../../engine/raster-files/dataset.js';
import type { Image } from '../../engine/raster-files/image.js';

/** One expression may give several bands: `b1/b2;b3*2`. @throws bad-request with the place of the mistake */
export interface Expression {
  readonly text: string;
  /** Bands that it reads, from 1. */
  readonly bands: readonly number[];
  /** What each band of the result is made by, in small letters: as many as the result has. */
  readonly blocks: readonly string[];
  /** Of an image that has those bands under their names. */
  apply(image: Image): Image;
}

/** Values to colours: every value of its own, or ranges of them. rio-tiler's colormap and its intervals. */
export type Colormap =
  | { readonly kind: 'values'; readonly colors: ReadonlyMap<number, RGBA> }
  | {
      readonly kind: 'intervals';
      readonly intervals: readonly { readonly from: number; readonly to: number; readonly color: RGBA }[];
    };

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'tif' | 'npy';

/** Encoded. */
export interface EncodedImage {
  readonly body: Uint8Array;
  readonly format: ImageFormat;
  /** TiTiler's, of the format. */
  readonly contentType: string;
}

export interface RenderImage {
  /** One pair for all bands, or one for each. */
  readonly rescale?: readonly (readonly [number, number])[];
  readonly colormap?: Colormap;
  /** `auto`: JPEG where every pixel is valid, else PNG; both of 8 bits. */
  readonly format: ImageFormat | 'auto';
  /** Whether the mask goes along: default true. TiTiler's `return_mask`. */
  readonly returnMask?: boolean;
}

/** Of one band, as rio-tiler's `BandStatistics`, under its names in JSON. */
export interface BandStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
  readonly sum: number;
  readonly std: number;
  readonly median: number;
  readonly majority: number;
  readonly minority: number;
  readonly unique: number;
  readonly histogram: readonly [counts: readonly number[], edges: readonly number[]];
  readonly valid_percent: number;
  readonly masked_pixels: number;
  readonly valid_pixels: number;
  readonly [percentile: `percentile_${string}`]: number;
}

export interface StatisticsOptions {
  /** A histogram of values instead of bins. */
  readonly categorical?: boolean;
  /** Values to count; default: all that are there. Only with `categorical`. */
  readonly categories?: readonly number[];
  /** 0 to 100; default 2 and 98. */
  readonly percentiles?: readonly number[];
  /** How many, or their edges; default 10. */
  readonly histogramBins?: number | readonly number[];
  /** Default: from the smallest to the largest value. */
  readonly histogramRange?: readonly [number, number];
}

/** What tiler/cog's parts give each other; each has a file of its own. */
export interface Post {
  parseExpression(text: string): Expression;
  /** @throws unknown-colormap with the nearest of the names there are */
  namedColormap(name: string): Colormap;
  /** TiTiler's `colormap` parameter: JSON. @throws bad-request */
  parseColormap(json: string): Colormap;
  /** @throws bad-request where the format cannot hold so many bands, or a colormap meets more than one band */
  encodeImage(image: Image, render: RenderImage): Promise<EncodedImage>;
  /** NaN where a band has no valid pixel. @throws bad-request for bins or percentiles that make no sense */
  statistics(image: Image, options?: StatisticsOptions): readonly BandStatistics[];
}
