import type { Affine, DataType } from '../windows/cog-header.js';

export type NumberArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** A reference system as a file states it. */
export interface FileCrs {
  /** null where it has no code of its own. */
  readonly epsg: number | null;
  /** What `proj4` takes; x is easting or longitude, y is northing or latitude, in the units of the file's transform. */
  readonly proj: string;
  /** For people and for JSON: `http://www.opengis.net/def/crs/EPSG/0/32633`, or WKT where there is no code. */
  readonly name: string;
  readonly geographic: boolean;
}

export type RGBA = readonly [red: number, green: number, blue: number, alpha: number];

/** GDAL's names of colour interpretations, as rasterio writes them. */
export type ColorInterpretation =
  'gray' | 'palette' | 'red' | 'green' | 'blue' | 'alpha' | 'undefined' | (string & {});

/** One band as the file describes it. */
export interface BandInfo {
  readonly description: string | null;
  readonly colorInterpretation: ColorInterpretation;
  /** Applied only where `unscale` is asked for: value · scale + offset. */
  readonly scale: number;
  readonly offset: number;
  readonly units: string | null;
  /** GDAL's metadata items of this band. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One resolution of a dataset. Level 0 is the full one; overviews follow, largest first. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
}

/** Where a place of the image lies on the ground. Pixels from the upper left corner of the image, whole ones at corners. */
export interface ControlPoint {
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Whole pixels of one level: [column, column + width) × [row, row + height), inside the level. */
export interface PixelWindow {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** Values of the file as they are, before scale and offset. */
export interface RawPixels {
  /** One array a band asked for, width × height, row-major. A band that is asked for twice is one array twice. */
  readonly data: readonly NumberArray[];
  /**
   * 255 valid, 0 not, what lies between partly so (alpha); a band each; null: every pixel is valid. GDAL's mask of that band.
   * Bands that have a mask in common share its array, and an alpha band's is that of its values: copy before writing.
   */
  readonly masks: readonly (Uint8Array | null)[];
}

/** A GeoTIFF that is open: its description is plain data, its pixels are read as they are needed. */
export interface Dataset {
  readonly href: string;
  readonly width: number;
  readonly height: number;
  readonly dataType: DataType;
  readonly bands: readonly BandInfo[];
  /** null where the file has none: then it can be looked at by pixels only. Pixel corners, also where the file says centres. */
  readonly transform: Affine | null;
  /** Ground control points instead of a transform; missing where there are none. `crs` is then theirs. */
  readonly controlPoints?: readonly ControlPoint[];
  readonly crs: FileCrs | null;
  readonly levels: readonly Level[];
  /** Of all bands; NaN too. null where none is set. */
  readonly nodata: number | null;
  /**
   * What says which pixels of band 1 are valid, as GDAL decides: a mask of its own, else nodata (unless it is out of the
   * type's range), else an alpha band that is the last of two or of four. Masks in a file beside it (.msk) are not looked for.
   */
  readonly mask: 'nodata' | 'mask' | 'alpha' | 'none';
  /** Of band 1, where it is a palette. */
  readonly palette: ReadonlyMap<number, RGBA> | null;
  /** The palette is of the full resolution only; missing: overviews have it too. */
  readonly plainOverviews?: true;
  /** GDAL's metadata items of the whole file, `AREA_OR_POINT` among them where it has GeoKeys. */
  readonly metadata: Readonly<Record<string, string>>;
  /** As rasterio names it: `DEFLATE`, `JPEG`, `LERC_ZSTD`, …; null where there is none. */
  readonly compression: string | null;
  readonly interleave: 'PIXEL' | 'BAND';
  /**
   * Reads a window of one level.
   * @param bands from 1, any order, repeats allowed
   * @param options.nodata in place of the file's own: a number masks by itself, without mask or alpha; null: the file's own
   * nodata does not count, its mask or alpha does
   * @throws source-…, block-corrupt, cog-unsupported, area-too-large, aborted; RangeError for a window outside the level
   */
  read(
    level: number,
    window: PixelWindow,
    bands: readonly number[],
    options?: { readonly nodata?: number | null; readonly signal?: AbortSignal },
  ): Promise<RawPixels>;
}
