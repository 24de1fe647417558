/** What is known of a GeoTIFF once its header has been read: plain data, kept in the block store as JSON. */
export interface CogHeader {
  readonly href: string;
  readonly littleEndian: boolean;
  /** From the GeoKeys; null where the file has none (then the item's `proj:` fields serve). */
  readonly epsg: number | null;
  /** [a, b, c, d, e, f]: x = a·col + b·row + c, y = d·col + e·row + f, (col, row) from the upper left corner; null without georeference. */
  readonly transform: Affine | null;
  /** GDAL_NODATA as a number (NaN and infinities too); null where not set. */
  readonly nodata: number | null;
  readonly samplesPerPixel: number;
  readonly dataType: DataType;
  /** Level 0 is full resolution; then overviews, largest first. Masks are not among them. */
  readonly levels: readonly CogLevel[];
}

export type Affine = readonly [number, number, number, number, number, number];
export type DataType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';

export interface CogLevel {
  readonly width: number;
  readonly height: number;
  /** A strip is a block as wide as the image. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Strips: the last block of a plane holds only the rows that are left. Tiles are always whole. */
  readonly stripped?: boolean;
  /** TIFF tags 259, 317, 284. */
  readonly compression: number;
  readonly predictor: number;
  /** 1: samples interleaved; 2: a plane of blocks per sample. */
  readonly planarConfiguration: 1 | 2;
  /** Row-major block order, planes after each other. A byteCount or offset of 0 is a sparse block: nodata (0 where none is set) all over. */
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
  /** Shared JPEG tables (tag 347), base64, where the compression needs them. */
  readonly jpegTables?: string;
  /** Tag 262 is YCbCr, with JPEG compression: samples are not the bands' values. */
  readonly ycbcr?: boolean;
  /** Tag 50674 (LERC version, additional compression), where the compression is LERC. */
  readonly lercParameters?: readonly number[];
}

/** Bytes of one sample. */
export const SAMPLE_BYTES: Readonly<Record<DataType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  float64: 8,
};
