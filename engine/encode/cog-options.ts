import type { Affine } from '../windows/cog-header.js';
import type { CogRaster } from './cog-blocks.js';
import type { GdalItem } from './gdal-metadata.js';

export const DEFAULT_BLOCK = 256;
/** zlib's own default. */
export const DEFAULT_LEVEL = 6;

export interface CogOptions {
  /** Full resolution. Its `nodata` (NaN for float32) goes into GDAL_NODATA, its `mask` into an internal mask. */
  readonly raster: CogRaster;
  /** Largest first, e.g. from `overviews()`; same bands, type and presence of a mask. None when left out. */
  readonly overviews?: readonly CogRaster[];
  /** 3857, or a UTM zone of WGS 84. */
  readonly epsg: number;
  /** [a, 0, c, 0, e, f], north up: x = a·col + c, y = e·row + f of pixel corners, metres. */
  readonly transform: Affine;
  /** Block edge in pixels, a multiple of 16. Default 256. */
  readonly blockSize?: number;
  /** 1 none, 2 for integers, 3 for float32. Default 1: best for classes. */
  readonly predictor?: 1 | 2 | 3;
  /** zlib's 0 to 9. Default 6. */
  readonly level?: number;
  /** `palette` needs `colors`; `rgb` three bands. Default `gray`. */
  readonly photometric?: 'gray' | 'rgb' | 'palette';
  /** `#rrggbb` by value, at most 256; the rest is black. */
  readonly colors?: readonly string[];
  readonly metadata?: readonly GdalItem[];
  /** Blocks that are nodata all over (and masked out, where there is a mask) are left out of the file. Default false. */
  readonly sparse?: boolean;
}
