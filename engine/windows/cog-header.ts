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
  /** Bits of a sample in the file, where they are not those of `dataType`: 1, 2 and 4 are read as uint8, 16 as float32. */
  readonly bits?: number;
  /** Level 0 is full resolution; then overviews, largest first. Masks are not among them. */
  readonly levels: readonly CogLevel[];
  /** Only where it was asked for: what a general GeoTIFF says of itself and the assets of a scene do not need. */
  readonly description?: FileDescription;
}

export type DescribedHeader = CogHeader & { readonly description: FileDescription };

/** The file's other tags, checked but not interpreted: JSON as they are. */
export interface FileDescription {
  /** GeoKeys by their number. */
  readonly geoKeys: Readonly<Record<string, number | string | readonly number[]>>;
  /** Tag 33922 where there is no affine: column, row, x, y, z of each ground control point; [] without. */
  readonly controlPoints: readonly (readonly [number, number, number, number, number])[];
  /** Tag 262; null where it is missing. */
  readonly photometric: number | null;
  /** Tag 338. */
  readonly extraSamples: readonly number[];
  /** Tag 320: all reds, then greens, then blues, 16 bits each; null without. */
  readonly colorMap: readonly number[] | null;
  /** Tag 42112, GDAL's items in their order. */
  readonly items: readonly MetadataItem[];
  /** Texts and numbers of the baseline tags that GDAL tells, by its names (`TIFFTAG_SOFTWARE`). */
  readonly tags: Readonly<Record<string, string>>;
  /** Masks of the whole file, largest first, of one sample each; null without. */
  readonly masks: { readonly bits: 1 | 8; readonly levels: readonly CogLevel[] } | null;
}

export interface MetadataItem {
  readonly name: string;
  readonly value: string;
  /** Band from 0; null: of the whole file. */
  readonly sample: number | null;
  /** `scale`, `offset`, `description`, `unittype`, `colorinterp`; null: an item of the user's. */
  readonly role: string | null;
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

/** Smallest and largest value of whole numbers. */
export const INTEGER_RANGE = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffffffff],
  int32: [-0x80000000, 0x7fffffff],
} as const satisfies Readonly<Partial<Record<DataType, readonly [min: number, max: number]>>>;

export function isFloat(type: DataType): type is 'float32' | 'float64' {
  return type === 'float32' || type === 'float64';
}
