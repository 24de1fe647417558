import type { Dataset, FileCrs } from './dataset.js';
import type { Image } from './image.js';

/** GDAL's, by rasterio's names. */
export const RESAMPLING = [
  'nearest',
  'bilinear',
  'cubic',
  'cubic_spline',
  'lanczos',
  'average',
  'mode',
  'gauss',
  'rms',
] as const;
export type Resampling = (typeof RESAMPLING)[number];

/** What `reproject` may be: rasterio's names of what GDAL warps with. */
export const WARP_RESAMPLING = [
  'nearest',
  'bilinear',
  'cubic',
  'cubic_spline',
  'lanczos',
  'average',
  'mode',
  'max',
  'min',
  'med',
  'q1',
  'q3',
  'sum',
  'rms',
] as const;
export type WarpResampling = (typeof WARP_RESAMPLING)[number];

export interface ReadOptions {
  /** From 1; default: all but an alpha band. */
  readonly bands?: readonly number[];
  /** In place of the file's own. */
  readonly nodata?: number;
  /** Applies each band's scale and offset. */
  readonly unscale?: boolean;
  /** Changing the size; default nearest. */
  readonly resampling?: Resampling;
  /** Changing the projection; default nearest. */
  readonly reproject?: WarpResampling;
  readonly signal?: AbortSignal;
}

export interface Part {
  /** West, south, east, north in `crs`. */
  readonly bounds: readonly [number, number, number, number];
  readonly crs: FileCrs;
  /** Of the answer. Default: the file's own. */
  readonly outputCrs?: FileCrs;
  /** Pixels; neither: as many as the file has there, at most `maxSize` on the longer side. */
  readonly width?: number;
  readonly height?: number;
  readonly maxSize?: number;
}

/** What engine/raster-files/warp gives: see there for what each throws. */
export interface Reader {
  /** A box, as rio-tiler's `Reader.part`. */
  part(dataset: Dataset, part: Part, options?: ReadOptions): Promise<Image>;
  /** A tile of a tile matrix set, as `Reader.tile`. @throws tile-outside-bounds */
  tile(
    dataset: Dataset,
    tile: {
      readonly matrixSet: string;
      readonly z: number;
      readonly x: number;
      readonly y: number;
      readonly size?: number;
    },
    options?: ReadOptions,
  ): Promise<Image>;
  /** All of it, small, as `Reader.preview`. */
  preview(
    dataset: Dataset,
    size: {
      readonly maxSize?: number;
      readonly width?: number;
      readonly height?: number;
      readonly outputCrs?: FileCrs;
    },
    options?: ReadOptions,
  ): Promise<Image>;
  /** One value a band, as `Reader.point`: an image of one pixel. @throws point-outside-bounds */
  point(
    dataset: Dataset,
    place: { readonly x: number; readonly y: number; readonly crs?: FileCrs },
    options?: ReadOptions,
  ): Promise<Image>;
  /** West, south, east, north in another reference system, as rasterio's `transform_bounds` with 21 points an edge. */
  bounds(dataset: Dataset, crs: FileCrs): readonly [number, number, number, number];
  /** Zooms of a tile matrix set between which the dataset has pixels of its own. */
  zooms(dataset: Dataset, matrixSet: string): { readonly min: number; readonly max: number };
}
