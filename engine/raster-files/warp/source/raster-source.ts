import type { DataType } from '../../../windows/cog-header.js';
import type { NumberArray, RGBA } from '../../dataset.js';

/** Pixels of some columns and rows. */
export interface Gathered {
  /** One array a band of the source, columns × rows, row-major. */
  readonly data: readonly NumberArray[];
  /** GDAL's mask of each band: 0 to 255, 0 does not count; null: all count. */
  readonly masks: readonly (Uint8Array | null)[];
}

/** What RasterIO reads: some bands of a file, or of a file that is warped as it is read. */
export interface RasterSource {
  /** Full resolution first, then overviews, largest first. */
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  readonly type: DataType;
  /** Of each band the palette, or null. */
  readonly palettes: readonly (ReadonlyMap<number, RGBA> | null)[];
  /** Overviews are numbers without a palette. */
  readonly plainOverviews: boolean;
  /** What a pixel becomes that no valid one gives a value. */
  readonly nodata: number | null;
  /** @param columns @param rows of the level, ascending, repeats allowed */
  gather(level: number, columns: Int32Array, rows: Int32Array, withMasks: boolean): Promise<Gathered>;
}

/** Of each band the palette of a level. */
export function palettesOf(
  { palettes, plainOverviews }: RasterSource,
  level: number,
): readonly (ReadonlyMap<number, RGBA> | null)[] {
  return plainOverviews && level > 0 ? palettes.map(() => null) : palettes;
}

/** first, first + 1, …: `count` of them. */
export function run(first: number, count: number): Int32Array {
  const indexes = new Int32Array(count);
  for (let i = 0; i < count; i++) indexes[i] = first + i;
  return indexes;
}

/** Whether each index is one more than the one before. */
export function isRun(indexes: Int32Array): boolean {
  const first = indexes[0] ?? 0;
  return (
    indexes.length > 0 &&
    (indexes[indexes.length - 1] as number) - first === indexes.length - 1 &&
    isAscending(indexes)
  );
}

function isAscending(indexes: Int32Array): boolean {
  for (let i = 1; i < indexes.length; i++) {
    if ((indexes[i] as number) !== (indexes[i - 1] as number) + 1) return false;
  }
  return true;
}
