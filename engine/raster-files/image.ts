import type { FileCrs, NumberArray } from './dataset.js';

/** Pixels as they were asked for: cut, warped and resampled. What rio-tiler calls ImageData. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** One array a band, width × height, row-major, first row in the north. */
  readonly bands: readonly NumberArray[];
  /** `b1`, `b2`, …, or the expression that a band was made by. */
  readonly names: readonly string[];
  /** One array a band: 1 valid, 0 not. */
  readonly valid: readonly Uint8Array[];
  /** Of the whole pixel, 0 to 255, where the file has an alpha band or a mask: what a picture's transparency is. */
  readonly alpha: Uint8Array | null;
  /** West, south, east, north in `crs`; null where it is cut by pixels of a file without georeference. */
  readonly bounds: readonly [number, number, number, number] | null;
  readonly crs: FileCrs | null;
  /** Smallest and largest value of each band in the file, where its metadata states them. */
  readonly statistics?: readonly (readonly [min: number, max: number])[];
}
