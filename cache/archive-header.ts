import { TAG } from '../engine/encode/tiff-tags.js';

/** Blocks of one resolution, or of its mask, row-major. */
export interface ArchivedBlocks {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

/** What is known of one of our own COGs: enough to read a block with one range. */
export interface ArchivedCog {
  readonly bands: number;
  readonly predictor: number;
  readonly blockSize: number;
  /** Full resolution first, then z13 and z12 (and further, of larger pictures). */
  readonly levels: readonly { readonly image: ArchivedBlocks; readonly mask: ArchivedBlocks | null }[];
}

/** Thrown where the bytes end before the header does: more of the file is needed. */
export class HeaderTruncated extends Error {}

const FIELD_BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 12: 8 };
const MOST_IFDS = 64;
const DEFLATE = 8;
const REDUCED = 1;
const TRANSPARENCY_MASK = 4;
/** Bits a sample and TIFF's SampleFormat, as engine/encode writes them. */
export const FORMATS = { uint8: [8, 1], float32: [32, 3] } as const;

type Fields = ReadonlyMap<number, readonly number[]>;

/**
 * Reads the header of a COG that engine/encode wrote; nothing else needs to be read here. What differs from what we write
 * throws an Error that says how: then the file is damaged.
 */
export function parseArchivedHeader(bytes: Uint8Array, format: keyof typeof FORMATS): ArchivedCog {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number): void => {
    if (end > bytes.length)
      throw new HeaderTruncated(`it ends after ${bytes.length} bytes, inside its header`);
  };
  need(8);
  if (view.getUint32(0, true) !== 0x002a4949) throw new Error('it is no little-endian TIFF');
  const ifds: Fields[] = [];
  for (let at = view.getUint32(4, true); at !== 0;) {
    if (ifds.length === MOST_IFDS) throw new Error('its directories have no end');
    need(at + 2);
    const entries = view.getUint16(at, true);
    const end = at + 2 + entries * 12;
    need(end + 4);
    const fields = new Map<number, readonly number[]>();
    for (let entry = at + 2; entry < end; entry += 12) {
      const tag = view.getUint16(entry, true);
      if (NUMBERS.has(tag)) fields.set(tag, numbersAt(view, entry, need));
    }
    ifds.push(fields);
    at = view.getUint32(end, true);
  }
  return describe(ifds, format);
}

/** Tags whose values matter for reading. */
const NUMBERS: ReadonlySet<number> = new Set([
  TAG.newSubfileType,
  TAG.imageWidth,
  TAG.imageLength,
  TAG.bitsPerSample,
  TAG.compression,
  TAG.samplesPerPixel,
  TAG.planarConfiguration,
  TAG.predictor,
  TAG.tileWidth,
  TAG.tileLength,
  TAG.tileOffsets,
  TAG.tileByteCounts,
  TAG.sampleFormat,
]);

function numbersAt(view: DataView, entry: number, need: (end: number) => void): number[] {
  const type = view.getUint16(entry + 2, true);
  const count = view.getUint32(entry + 4, true);
  const size = FIELD_BYTES[type] ?? 0;
  if ((type !== 3 && type !== 4) || count > 1_000_000)
    throw new Error('a field of its header makes no sense');
  const at = size * count <= 4 ? entry + 8 : view.getUint32(entry + 8, true);
  need(at + size * count);
  return Array.from({ length: count }, (_, i) =>
    type === 3 ? view.getUint16(at + 2 * i, true) : view.getUint32(at + 4 * i, true),
  );
}

function describe(ifds: readonly Fields[], format: keyof typeof FORMATS): ArchivedCog {
  const first = ifds[0];
  if (first === undefined) throw new Error('it holds no picture');
  const blockSize = only(first, TAG.tileWidth);
  const bands = only(first, TAG.samplesPerPixel);
  const predictor = only(first, TAG.predictor);
  const [bits, sampleFormat] = FORMATS[format];
  const images: ArchivedBlocks[] = [];
  const masks: ArchivedBlocks[] = [];
  ifds.forEach((fields, i) => {
    const subfile = fields.get(TAG.newSubfileType)?.[0] ?? 0;
    const isMask = (subfile & TRANSPARENCY_MASK) !== 0;
    const expected: [number, number][] = [
      [TAG.compression, DEFLATE],
      [TAG.planarConfiguration, 1],
      [TAG.tileWidth, blockSize],
      [TAG.tileLength, blockSize],
      [TAG.samplesPerPixel, isMask ? 1 : bands],
      [TAG.predictor, isMask ? 1 : predictor],
    ];
    for (const [tag, value] of expected) {
      if (only(fields, tag) !== value)
        throw new Error(`tag ${tag} is ${only(fields, tag)}, expected ${value}`);
    }
    for (const [tag, value] of [
      [TAG.bitsPerSample, isMask ? 1 : bits],
      [TAG.sampleFormat, isMask ? 1 : sampleFormat],
    ] as const) {
      const values = fields.get(tag) ?? [];
      if (values.length !== (isMask ? 1 : bands) || values.some((each) => each !== value)) {
        throw new Error(`tag ${tag} is ${values.join()}, expected ${value}`);
      }
    }
    const level = blocksOf(fields, blockSize);
    const reduced = (subfile & REDUCED) !== 0;
    const among = isMask ? masks : images;
    if (reduced !== among.length > 0) throw new Error(`directory ${i} is out of order`);
    among.push(level);
  });
  if (masks.length !== 0 && masks.length !== images.length) throw new Error('a mask is missing');
  const levels = images.map((image, i) => ({ image, mask: masks[i] ?? null }));
  for (const [i, { image, mask }] of levels.entries()) {
    const above = images[i - 1];
    if (
      (above !== undefined &&
        (image.width !== Math.ceil(above.width / 2) || image.height !== Math.ceil(above.height / 2))) ||
      (mask !== null && (mask.width !== image.width || mask.height !== image.height))
    ) {
      throw new Error(`level ${i} has the wrong size`);
    }
  }
  return { bands, predictor, blockSize, levels };
}

function blocksOf(fields: Fields, blockSize: number): ArchivedBlocks {
  const width = only(fields, TAG.imageWidth);
  const height = only(fields, TAG.imageLength);
  const across = Math.ceil(width / blockSize);
  const blocks = across * Math.ceil(height / blockSize);
  const offsets = fields.get(TAG.tileOffsets) ?? [];
  const byteCounts = fields.get(TAG.tileByteCounts) ?? [];
  if (offsets.length !== blocks || byteCounts.length !== blocks) {
    throw new Error(`it lists ${offsets.length} blocks, expected ${blocks}`);
  }
  return { width, height, across, offsets, byteCounts };
}

function only(fields: Fields, tag: number): number {
  const value = fields.get(tag)?.[0];
  if (value === undefined) throw new Error(`tag ${tag} is missing`);
  return value;
}
