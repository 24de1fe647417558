import { TiffTag } from '@cogeotiff/core';
import { SAMPLE_BYTES, type CogLevel, type DataType } from '../cog-header.js';
import type { HeaderLimits } from './header-limits.js';
import { malformed, unsupported } from './refusals.js';
import { numberOf, numbersOf, type Tags } from './tag-values.js';

/** TIFF sizes are 32 bit, but rasters beyond GDAL's 31 bits do not exist. */
const MOST_PIXELS_A_SIDE = 2 ** 31 - 1;
/** What a codec may add to data that it cannot compress: LZW a half, the rest less. */
const BLOCK_SLACK_BYTES = 64 * 1024;

const JPEG = 7;
const LERC = 34887;
const PHOTOMETRIC_YCBCR = 6;
const REDUCED = 1;
const MASK = 4;

export interface ImageKind {
  readonly samplesPerPixel: number;
  readonly dataType: DataType;
  readonly bits?: number;
}

export const isMask = (tags: Tags): boolean => ((numberOf(tags, TiffTag.SubFileType) ?? 0) & MASK) !== 0;
export const isReduced = (tags: Tags): boolean =>
  ((numberOf(tags, TiffTag.SubFileType) ?? 0) & REDUCED) !== 0;
export const isOverview = (tags: Tags): boolean => isReduced(tags) && !isMask(tags);

/** Samples and their type: all of one type and size. */
export function kindOf(tags: Tags, limits: HeaderLimits, href: string): ImageKind {
  const samplesPerPixel = numberOf(tags, TiffTag.SamplesPerPixel) ?? 1;
  const bits = numbersOf(tags, TiffTag.BitsPerSample) ?? [1];
  const formats = numbersOf(tags, TiffTag.SampleFormat) ?? [1];
  if (!Number.isInteger(samplesPerPixel) || samplesPerPixel < 1 || samplesPerPixel > limits.samples) {
    throw malformed(href, `states ${samplesPerPixel} samples a pixel`);
  }
  if (new Set(bits).size > 1 || new Set(formats).size > 1) {
    throw unsupported(href, 'Its samples are of different types.');
  }
  // Format 4 is "undefined": GDAL takes it for unsigned.
  const format = formats[0] === 4 ? 1 : formats[0];
  const dataType = DATA_TYPES[`${format}:${bits[0]}`];
  if (dataType !== undefined) return { samplesPerPixel, dataType };
  const odd = ODD_TYPES[`${format}:${bits[0]}`];
  if (odd === undefined) {
    throw unsupported(href, `Samples of ${bits[0]} bits with sample format ${formats[0]} are not read.`);
  }
  if ((numberOf(tags, TiffTag.FillOrder) ?? 1) !== 1)
    throw unsupported(href, 'Its bits are in reverse order.');
  return { samplesPerPixel, dataType: odd, bits: bits[0]! };
}

/** What is read as a wider type. */
const ODD_TYPES: Readonly<Record<string, DataType>> = {
  '1:1': 'uint8',
  '1:2': 'uint8',
  '1:4': 'uint8',
  '3:16': 'float32',
};

/** SampleFormat (1 unsigned, 2 signed, 3 float) and BitsPerSample. */
const DATA_TYPES: Readonly<Record<string, DataType>> = {
  '1:8': 'uint8',
  '2:8': 'int8',
  '1:16': 'uint16',
  '2:16': 'int16',
  '1:32': 'uint32',
  '2:32': 'int32',
  '3:32': 'float32',
  '3:64': 'float64',
};

/** One image of the file, checked: every number that later sizes an allocation or a loop. */
export function levelOf(
  tags: Tags,
  kind: ImageKind,
  limits: HeaderLimits,
  fileSize: number | null,
  href: string,
): CogLevel {
  const width = size(tags, TiffTag.ImageWidth, href);
  const height = size(tags, TiffTag.ImageHeight, href);
  const tiled = tags.has(TiffTag.TileWidth);
  const blockWidth = tiled ? size(tags, TiffTag.TileWidth, href) : width;
  const blockHeight = tiled ? size(tags, TiffTag.TileHeight, href) : rowsPerStrip(tags, height, href);

  const planarConfiguration = numberOf(tags, TiffTag.PlanarConfiguration) ?? 1;
  if (planarConfiguration !== 1 && planarConfiguration !== 2) {
    throw malformed(href, `states planar configuration ${planarConfiguration}`);
  }
  const samples = planarConfiguration === 1 ? kind.samplesPerPixel : 1;
  const blockBytes = blockWidth * blockHeight * samples * SAMPLE_BYTES[kind.dataType];
  if (blockBytes > limits.blockBytes) {
    throw unsupported(href, `A block of ${blockWidth} × ${blockHeight} pixels is too large to read.`);
  }

  const blocksAcross = Math.ceil(width / blockWidth);
  const blocksDown = Math.ceil(height / blockHeight);
  const planes = planarConfiguration === 1 ? 1 : kind.samplesPerPixel;
  const blocks = blocksAcross * blocksDown * planes;
  if (blocks > limits.blocks) throw malformed(href, `has ${blocks} blocks`);

  const offsets = numbersOf(tags, tiled ? TiffTag.TileOffsets : TiffTag.StripOffsets);
  const byteCounts = numbersOf(tags, tiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts);
  if (offsets?.length !== blocks || byteCounts?.length !== blocks) {
    throw malformed(
      href,
      `lists ${offsets?.length ?? 0} block offsets and ${byteCounts?.length ?? 0} sizes for ${blocks} blocks`,
    );
  }
  checkBlocks(offsets, byteCounts, 2 * blockBytes + BLOCK_SLACK_BYTES, fileSize, href);

  const compression = numberOf(tags, TiffTag.Compression) ?? 1;
  const jpegTables = numbersOf(tags, TiffTag.JpegTables);
  const lercParameters = numbersOf(tags, TiffTag.LercParameters);
  return {
    width,
    height,
    blockWidth,
    blockHeight,
    blocksAcross,
    blocksDown,
    ...(tiled ? {} : { stripped: true }),
    compression,
    predictor: numberOf(tags, TiffTag.Predictor) ?? 1,
    planarConfiguration,
    offsets,
    byteCounts,
    ...(compression === JPEG && jpegTables !== undefined
      ? { jpegTables: Buffer.from(jpegTables).toString('base64') }
      : {}),
    ...(compression === JPEG && numberOf(tags, TiffTag.Photometric) === PHOTOMETRIC_YCBCR
      ? { ycbcr: true }
      : {}),
    ...(compression === LERC && lercParameters !== undefined ? { lercParameters } : {}),
  };
}

function size(tags: Tags, tag: TiffTag, href: string): number {
  const value = numberOf(tags, tag);
  if (value === undefined || !Number.isInteger(value) || value < 1 || value > MOST_PIXELS_A_SIDE) {
    throw malformed(href, `states ${value ?? 'no'} for ${TiffTag[tag]}`);
  }
  return value;
}

/** TIFF 6: the default is "the whole image is one strip"; writers also put a number beyond it. */
function rowsPerStrip(tags: Tags, height: number, href: string): number {
  const rows = numberOf(tags, TiffTag.RowsPerStrip) ?? height;
  if (!Number.isInteger(rows) || rows < 1) throw malformed(href, `states ${rows} rows a strip`);
  return Math.min(rows, height);
}

function checkBlocks(
  offsets: readonly number[],
  byteCounts: readonly number[],
  mostBytes: number,
  fileSize: number | null,
  href: string,
): void {
  for (let block = 0; block < offsets.length; block += 1) {
    const offset = offsets[block] ?? NaN;
    const byteCount = byteCounts[block] ?? NaN;
    if (byteCount === 0 || offset === 0) continue;
    const end = offset + byteCount;
    if (!(offset > 0 && byteCount > 0 && Number.isSafeInteger(end)) || byteCount > mostBytes) {
      throw malformed(href, `puts block ${block} at ${offset}, ${byteCount} bytes long`);
    }
    if (fileSize !== null && end > fileSize) {
      throw malformed(
        href,
        `puts block ${block} at ${offset}, ${byteCount} bytes long, in a file of ${fileSize} bytes: it is truncated`,
      );
    }
  }
}
