import type { Raster } from '../../engine/raster.js';
import type { TileAddress } from './tile-service.js';

/** What a baseline's year is made of. */
export interface BaselineYear {
  readonly year: number;
  /** Digest over its files: a new one when a file is replaced. */
  readonly digest: string;
  readonly lastModified: Date;
}

/** Dynamic World as the HTTP layer sees it. */
export interface BaselineTiles {
  /** Years that are there, rising. */
  years(): Promise<readonly BaselineYear[]>;
  /**
   * Classes 0 to 8 (0 is water), nodata 255, uint8, 256 · scale pixels a side; null where the baseline has nothing or the
   * year is not there.
   */
  tile(
    year: number,
    tile: TileAddress,
    options?: { readonly scale?: 1 | 2; readonly signal?: AbortSignal },
  ): Promise<Raster | null>;
}
