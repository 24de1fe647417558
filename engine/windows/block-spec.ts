import type { CogHeader, DataType } from './cog-header.js';
import { INTEGER_RANGE, isFloat, SAMPLE_BYTES } from './cog-header.js';

/** All that decoding a block needs: plain data that crosses to a worker. Equal for all blocks of a level. */
export interface BlockSpec {
  /** What errors name. */
  readonly href: string;
  readonly level: number;
  /** TIFF tags 259 and 317. */
  readonly compression: number;
  readonly predictor: number;
  readonly littleEndian: boolean;
  readonly dataType: DataType;
  /** Of a sample in the file, where they are not those of `dataType`; see CogHeader. */
  readonly bits?: number;
  /** Samples interleaved in a block: samplesPerPixel, or 1 where planes are apart. */
  readonly samples: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** Rows that a block must at least hold: below blockHeight only for strips, whose last one is short. */
  readonly minRows: number;
  /** What sparse blocks, and rows below a short strip, hold: nodata cast to the type, 0 without. */
  readonly fill: number;
  /** Base64 of tag 347. */
  readonly jpegTables?: string;
  readonly ycbcr?: boolean;
  readonly lercParameters?: readonly number[];
}

/** A block as it is in a file, and how to decode it: plain data too. */
export interface CompressedBlock {
  readonly spec: BlockSpec;
  readonly bytes: Uint8Array;
}

export type BlockArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * How to decode the blocks of a level.
 * @param block row-major within its plane: with it, a strip must have exactly its rows; without, any strip may be as short as the last
 */
export function blockSpec(header: CogHeader, level: number, block?: number): BlockSpec {
  const found = header.levels[level];
  if (found === undefined) throw new RangeError(`${header.href} has no level ${level}`);
  const lastRows = found.height - (found.blocksDown - 1) * found.blockHeight;
  const short =
    found.stripped === true && (block === undefined || block >= (found.blocksDown - 1) * found.blocksAcross);
  return {
    href: header.href,
    level,
    compression: found.compression,
    predictor: found.predictor,
    littleEndian: header.littleEndian,
    dataType: header.dataType,
    samples: found.planarConfiguration === 1 ? header.samplesPerPixel : 1,
    blockWidth: found.blockWidth,
    blockHeight: found.blockHeight,
    minRows: short ? lastRows : found.blockHeight,
    fill: fillOf(header.dataType, header.nodata),
    ...(header.bits === undefined ? {} : { bits: header.bits }),
    ...(found.jpegTables === undefined ? {} : { jpegTables: found.jpegTables }),
    ...(found.ycbcr === undefined ? {} : { ycbcr: found.ycbcr }),
    ...(found.lercParameters === undefined ? {} : { lercParameters: found.lercParameters }),
  };
}

/** Bytes of a row of a block as it is packed in the file; rows of odd bits begin at whole bytes. */
export const rowBytes = (spec: BlockSpec): number =>
  Math.ceil((spec.blockWidth * spec.samples * (spec.bits ?? 8 * SAMPLE_BYTES[spec.dataType])) / 8);

/** Bytes of a whole block, decompressed. */
export const blockBytes = (spec: BlockSpec): number => rowBytes(spec) * spec.blockHeight;

/** nodata as GDAL casts it for a sparse block: rounded and clamped for integers, whose NaN is 0. */
function fillOf(dataType: DataType, nodata: number | null): number {
  if (nodata === null) return 0;
  if (isFloat(dataType)) return nodata;
  const range = INTEGER_RANGE[dataType];
  if (Number.isNaN(nodata)) return 0;
  return Math.min(Math.max(Math.round(nodata), range[0]), range[1]);
}

/** A typed array over bytes in native order; copied where the bytes do not lie on the type's boundary. */
export function viewOf(dataType: DataType, bytes: Uint8Array): BlockArray {
  const size = SAMPLE_BYTES[dataType];
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = Math.floor(aligned.length / size);
  return new ARRAYS[dataType](aligned.buffer as ArrayBuffer, aligned.byteOffset, length);
}

/** A new array of zeros. */
export function newArray(dataType: DataType, length: number): BlockArray {
  return new ARRAYS[dataType](length);
}

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
