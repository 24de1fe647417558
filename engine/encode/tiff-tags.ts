/** TIFF 6.0 tags that we write, and those of GeoTIFF 1.1 and GDAL, by number. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  modelPixelScale: 33550,
  modelTiepoint: 33922,
  geoKeyDirectory: 34735,
  geoAsciiParams: 34737,
  gdalMetadata: 42112,
  gdalNodata: 42113,
} as const;

/** One entry of an IFD before it has a place: field types ASCII (2), SHORT (3), LONG (4), DOUBLE (12). */
export type TiffEntry =
  | { readonly tag: number; readonly type: 'ascii'; readonly value: string }
  | { readonly tag: number; readonly type: 'short' | 'long' | 'double'; readonly value: readonly number[] };

const FIELD = {
  ascii: { code: 2, bytes: 1 },
  short: { code: 3, bytes: 2 },
  long: { code: 4, bytes: 4 },
  double: { code: 12, bytes: 8 },
} as const;

/** What does not fit into an entry's four value bytes lies behind the IFD. */
const INLINE_BYTES = 4;
const ENTRY_BYTES = 12;

/** ASCII fields end with a NUL that counts (TIFF 6.0, page 15). GDAL reads and writes UTF-8 in them. */
function payload(entry: TiffEntry): Buffer {
  if (entry.type === 'ascii') return Buffer.from(`${entry.value}\0`, 'utf8');
  const { bytes } = FIELD[entry.type];
  const out = Buffer.alloc(entry.value.length * bytes);
  entry.value.forEach((value, i) => {
    if (entry.type === 'short') out.writeUInt16LE(value, i * bytes);
    else if (entry.type === 'long') out.writeUInt32LE(value, i * bytes);
    else out.writeDoubleLE(value, i * bytes);
  });
  return out;
}

/** Values lie on even offsets (TIFF 6.0: "the value is expected to begin on a word boundary"). */
const even = (bytes: number): number => bytes + (bytes % 2);

/** Bytes that an IFD takes with its out-of-line values; depends on counts and types only, not on values. */
export function ifdSize(entries: readonly TiffEntry[]): number {
  const outside = entries
    .map((entry) => payload(entry).length)
    .filter((length) => length > INLINE_BYTES)
    .reduce((sum, length) => sum + even(length), 0);
  return 2 + entries.length * ENTRY_BYTES + 4 + outside;
}

/**
 * Little-endian bytes of one IFD that will lie at `offset`.
 * @param next offset of the following IFD, 0 at the last
 */
export function writeIfd(entries: readonly TiffEntry[], offset: number, next: number): Buffer {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const out = Buffer.alloc(ifdSize(entries));
  out.writeUInt16LE(sorted.length, 0);
  let outside = 2 + sorted.length * ENTRY_BYTES + 4;
  sorted.forEach((entry, i) => {
    const at = 2 + i * ENTRY_BYTES;
    const bytes = payload(entry);
    const field = FIELD[entry.type];
    out.writeUInt16LE(entry.tag, at);
    out.writeUInt16LE(field.code, at + 2);
    out.writeUInt32LE(bytes.length / field.bytes, at + 4);
    if (bytes.length <= INLINE_BYTES) bytes.copy(out, at + 8);
    else {
      out.writeUInt32LE(offset + outside, at + 8);
      bytes.copy(out, outside);
      outside += even(bytes.length);
    }
  });
  out.writeUInt32LE(next, 2 + sorted.length * ENTRY_BYTES);
  return out;
}
