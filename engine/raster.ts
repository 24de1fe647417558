/** A grid of numbers in map pixels: what moves between computing, archive and rendering. Band-sequential, row-major, C order. */
export interface Raster<T extends RasterData = RasterData> {
  /** Length bands · height · width. */
  readonly data: T;
  readonly bands: number;
  readonly width: number;
  readonly height: number;
  /** The value that means "no data", or null where every value counts. NaN for float32. */
  readonly nodata: number | null;
  /** 255 valid, 0 not; length width · height; only for products that keep validity apart (truecolor). */
  readonly mask?: Uint8Array;
}

export type RasterData = Uint8Array | Uint16Array | Float32Array;

/** Throws where the lengths contradict each other: checked where a raster enters a module. */
export function checkRaster(raster: Raster): void {
  const expected = raster.bands * raster.width * raster.height;
  if (raster.data.length !== expected) {
    throw new RangeError(
      `raster data: got ${raster.data.length} values, expected ${expected} (${raster.bands} × ${raster.height} × ${raster.width})`,
    );
  }
  if (raster.mask !== undefined && raster.mask.length !== raster.width * raster.height) {
    throw new RangeError(
      `raster mask: got ${raster.mask.length} values, expected ${raster.width * raster.height}`,
    );
  }
}
