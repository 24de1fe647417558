import type { RGBA } from '../../engine/raster-files/dataset.js';
import type { Image } from '../../engine/raster-files/image.js';

/** One expression may give several bands: `b1/b2;b3*2`. @throws bad-request with the place of the mistake */
export interface Expression {
  readonly text: string;
  /** Bands that it reads, from 1. */
  readonly bands: readonly number[];
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

export interface RenderImage {
  /** One pair for all bands, or one for each. */
  readonly rescale?: readonly (readonly [number, number])[];
  readonly colormap?: Colormap;
  readonly format: ImageFormat;
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

/** What tiler/cog's parts give each other; each has a file of its own. */
export interface Post {
  parseExpression(text: string): Expression;
  /** @throws unknown-colormap with the names there are */
  namedColormap(name: string): Colormap;
  /** TiTiler's `colormap` parameter: JSON. @throws bad-request */
  parseColormap(json: string): Colormap;
  /** Bytes and content type. */
  encodeImage(
    image: Image,
    render: RenderImage,
  ): Promise<{ readonly body: Uint8Array; readonly contentType: string }>;
  statistics(
    image: Image,
    options?: {
      readonly categorical?: boolean;
      readonly categories?: readonly number[];
      readonly percentiles?: readonly number[];
      readonly histogramBins?: number | readonly number[];
      readonly histogramRange?: readonly [number, number];
    },
  ): readonly BandStatistics[];
}
