import type { Affine, DataType } from '../../../windows/cog-header.js';
import type { FileCrs, NumberArray } from '../../dataset.js';
import type { WarpResampling } from '../../read.js';
import type { Rect, SourceWindow } from './source-window.js';

/** A part of the target that GDAL warps at once, and the source pixels that it sees while it does. */
export interface WarpBlock {
  readonly rect: Rect;
  readonly window: SourceWindow;
}

/** Source pixels in memory: of one level, all blocks' windows inside it. */
export interface SourcePixels extends Rect {
  /** The bands to be warped. */
  readonly data: readonly NumberArray[];
  /** 1 or 0 a pixel; null: all are valid. GDAL's UnifiedSrcValid. */
  readonly valid: Uint8Array | null;
  /** 0 to 1, from an alpha band; null: all are opaque. GDAL's UnifiedSrcDensity. */
  readonly density: Float32Array | null;
}

/** All that warping needs, as plain data: it can be given to a thread. */
export interface WarpTask {
  readonly target: { readonly transform: Affine; readonly crs: FileCrs };
  readonly source: { readonly transform: Affine; readonly crs: FileCrs };
  readonly blocks: readonly WarpBlock[];
  readonly pixels: SourcePixels;
  /** Which target pixels are wanted: ascending, repeats allowed. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly resampling: WarpResampling;
  readonly type: DataType;
  /** What the target holds before anything is warped into it, and may not hold after; null: none. */
  readonly nodata: number | null;
  /** All bands of the source together decide whether a pixel may come out as nodata. */
  readonly manyBands: boolean;
  /** Value of an opaque pixel in the alpha plane; null: none is wanted. */
  readonly alpha: number | null;
}

/** columns × rows values each, row-major. */
export interface Warped {
  readonly data: readonly NumberArray[];
  readonly alpha: NumberArray | null;
}
