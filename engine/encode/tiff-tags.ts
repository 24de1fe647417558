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

/** One entry of an IFD before it has a place: field types ASCII (2), SHORT (3), LONG (4), DOUBLE (12), LONG8 (16, BigTIFF's). */
export type TiffEntry =
  | { readonly tag: number; readonly type: 'ascii'; readonly value: string }
  | {
      readonly tag: number;
      readonly type: 'short' | 'long' | 'double' | 'long8';
      readonly value: ArrayLike<number>;
    };

const FIELD = {
  ascii: { code: 2, bytes: 1 },
  short: { code: 3, bytes: 2 },
  long: { code: 4, bytes: 4 },
  double: { code: 12, bytes: 8 },
  long8: { code: 16, bytes: 8 },
} as const;

/** `classic`: TIFF 6.0, offsets of 32 bits; `big`: BigTIFF, offsets of 64. */
export type TiffForm = 'classic' | 'big';

/**
 * Bytes of an IFD's parts: how many entries there are, an entry, and a value or offset, which holds a value that fits into it. What does
 * not fit lies behind the IFD. http://bigtiff.org/.
 */
const PARTS = {
  classic: { count: 2, entry: 12, pointer: 4 },
  big: { count: 8, entry: 20, pointer: 8 },
} as const;

/** Little-endian header: magic number and the first IFD's offset. */
export function tiffHeader(form: TiffForm, firstIfd: number): Buffer {
  if (form === 'classic') {
    const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
    header.writeUInt32LE(firstIfd, 4);
    return header;
  }
  const header = Buffer.from([0x49, 0x49, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(BigInt(firstIfd), 8);
  return header;
}

export const TIFF_HEADER_BYTES: Readonly<Record<TiffForm, number>> = { classic: 8, big: 16 };

function payloadBytes(entry: TiffEntry): number {
  // ASCII fields end with a NUL that counts (TIFF 6.0, page 15).
  if (entry.type === 'ascii') return Buffer.byteLength(entry.value, 'utf8') + 1;
  return entry.value.length * FIELD[entry.type].bytes;
}

/** GDAL reads and writes UTF-8 in ASCII fields. */
function payload(entry: TiffEntry): Buffer {
  if (entry.type === 'ascii') return Buffer.from(`${entry.value}\0`, 'utf8');
  const { bytes } = FIELD[entry.type];
  const out = Buffer.alloc(entry.value.length * bytes);
  for (let i = 0; i < entry.value.length; i++) {
    const value = entry.value[i] as number;
    if (entry.type === 'short') out.writeUInt16LE(value, i * bytes);
    else if (entry.type === 'long') out.writeUInt32LE(value, i * bytes);
    else if (entry.type === 'long8') out.writeBigUInt64LE(BigInt(value), i * bytes);
    else out.writeDoubleLE(value, i * bytes);
  }
  return out;
}

/** Values lie on even offsets (TIFF 6.0: "the value is expected to begin on a word boundary"). */
const even = (bytes: number): number => bytes + (bytes % 2);

/** Bytes that an IFD takes with its out-of-line values; depends on counts and types only, not on values. */
export function ifdSize(entries: readonly TiffEntry[], form: TiffForm = 'classic'): number {
  const { count, entry, pointer } = PARTS[form];
  const outside = entries
    .map(payloadBytes)
    .filter((length) => length > pointer)
    .reduce((sum, length) => sum + even(length), 0);
  return count + entries.length * entry + pointer + outside;
}

/**
 * Little-endian bytes of one IFD that will lie at `offset`.
 * @param next offset of the following IFD, 0 at the last
 */
export function writeIfd(
  entries: readonly TiffEntry[],
  offset: number,
  next: number,
  form: TiffForm = 'classic',
): Buffer {
  const parts = PARTS[form];
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const out = Buffer.alloc(ifdSize(entries, form));
  /** Counts and offsets: 32 bits, in BigTIFF 64. */
  const put = (value: number, at: number): void => {
    if (form === 'classic') out.writeUInt32LE(value, at);
    else out.writeBigUInt64LE(BigInt(value), at);
  };
  if (form === 'classic') out.writeUInt16LE(sorted.length, 0);
  else put(sorted.length, 0);
  const end = parts.count + sorted.length * parts.entry;
  let outside = end + parts.pointer;
  sorted.forEach((entry, i) => {
    const at = parts.count + i * parts.entry;
    const bytes = payload(entry);
    const field = FIELD[entry.type];
    const value = at + 4 + parts.pointer;
    out.writeUInt16LE(entry.tag, at);
    out.writeUInt16LE(field.code, at + 2);
    put(bytes.length / field.bytes, at + 4);
    if (bytes.length <= parts.pointer) bytes.copy(out, value);
    else {
      put(offset + outside, value);
      bytes.copy(out, outside);
      outside += even(bytes.length);
    }
  });
  put(next, end);
  return out;
}
