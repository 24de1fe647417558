import { GeoCropError, messageOf } from '../errors.js';
import { blockBytes, newArray, rowBytes, viewOf, type BlockArray, type BlockSpec } from './block-spec.js';
import { SAMPLE_BYTES } from './cog-header.js';
import { inflate } from './codecs/inflate.js';
import { compressionName } from './codecs/compression-names.js';
import { decodeLzw } from './codecs/lzw.js';
import { unsupportedBlock } from './codecs/unsupported.js';
import { decodePackBits } from './codecs/packbits.js';
import { fromHalf, unpackBits } from './odd-bits.js';
import { swapBytes, undoFloatingPoint, undoHorizontal } from './predictor.js';

export { blockSpec, type BlockArray, type BlockSpec } from './block-spec.js';

/** TIFF tag 259. */
const NONE = 1;
const LZW = 5;
const JPEG = 7;
const DEFLATE = 8;
const PACKBITS = 32773;
const OLD_DEFLATE = 32946;
const LERC = 34887;
const ZSTD = 50000;
const WEBP = 50001;

const PREDICTOR_HORIZONTAL = 2;
const PREDICTOR_FLOATING_POINT = 3;

/** True where {@link decodeBlockSync} can decode these blocks. */
export function decodesSync(spec: BlockSpec): boolean {
  return [NONE, LZW, DEFLATE, PACKBITS, OLD_DEFLATE].includes(spec.compression);
}

/**
 * Decodes one block; null is a sparse one. Values are native-endian, row-major, samples interleaved, of length
 * blockWidth · blockHeight · samples; below the rows of a short strip they are `spec.fill`.
 * Throws block-corrupt or cog-unsupported, never anything else.
 */
export async function decodeBlock(spec: BlockSpec, bytes: Uint8Array | null): Promise<BlockArray> {
  if (bytes === null || decodesSync(spec)) return decodeBlockSync(spec, bytes);
  try {
    return finish(spec, await decompress(spec, bytes));
  } catch (error) {
    throw decodeError(spec, bytes, error);
  }
}

/** {@link decodeBlock} without a promise, for DEFLATE, LZW, PackBits and plain blocks; cog-unsupported for the others. */
export function decodeBlockSync(spec: BlockSpec, bytes: Uint8Array | null): BlockArray {
  if (bytes === null) {
    const array = newArray(spec.dataType, spec.blockWidth * spec.blockHeight * spec.samples);
    return spec.fill === 0 ? array : array.fill(spec.fill);
  }
  try {
    return finish(spec, decompressSync(spec, bytes));
  } catch (error) {
    throw decodeError(spec, bytes, error);
  }
}

/** At most the block's bytes, before predictor and byte order; a new array that may be written to. */
function decompressSync(spec: BlockSpec, bytes: Uint8Array): Uint8Array {
  const most = blockBytes(spec);
  switch (spec.compression) {
    case DEFLATE:
    case OLD_DEFLATE:
      return inflate(bytes, most);
    case LZW:
      return decodeLzw(bytes, most);
    case PACKBITS:
      return decodePackBits(bytes, most);
    case NONE:
      // Not slice(): that of a Buffer is no copy.
      return new Uint8Array(bytes.subarray(0, most));
    default:
      throw unsupportedBlock(spec, `${compressionName(spec.compression)} compression is not read here.`);
  }
}

async function decompress(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  // Loaded when first met: the usual worker never needs them.
  switch (spec.compression) {
    case ZSTD:
      return (await import('./codecs/zstd.js')).decodeZstd(bytes, blockBytes(spec));
    case LERC:
      return (await import('./codecs/lerc.js')).decodeLerc(spec, bytes);
    case JPEG:
      return (await import('./codecs/jpeg.js')).decodeJpeg(spec, bytes);
    case WEBP:
      return (await import('./codecs/webp.js')).decodeWebp(spec, bytes);
    default:
      throw unsupportedBlock(spec, `${compressionName(spec.compression)} compression is not read.`);
  }
}

/** Length check, byte order, predictor, and the rows that a short strip lacks. */
function finish(spec: BlockSpec, raw: Uint8Array): BlockArray {
  const rowLength = rowBytes(spec);
  const rows = Math.floor(raw.length / rowLength);
  if (rows < spec.minRows || raw.length > blockBytes(spec)) {
    throw new Error(`it holds ${raw.length} bytes, expected ${blockBytes(spec)}`);
  }
  const whole = rows === spec.blockHeight ? raw : padded(raw.subarray(0, rows * rowLength), blockBytes(spec));
  const rowSamples = spec.blockWidth * spec.samples;
  const array = spec.bits === undefined ? wholeSamples(spec, whole) : oddSamples(spec, whole, spec.bits);
  return rows === spec.blockHeight ? array : array.fill(spec.fill, rows * rowSamples);
}

function wholeSamples(spec: BlockSpec, whole: Uint8Array): BlockArray {
  const size = SAMPLE_BYTES[spec.dataType];
  // JPEG, LERC and WebP give values, not the file's bytes.
  if (![JPEG, LERC, WEBP].includes(spec.compression)) undoPredictor(spec, whole, size);
  return viewOf(spec.dataType, whole);
}

/** Bits packed into bytes, and halves of float32. */
function oddSamples(spec: BlockSpec, whole: Uint8Array, bits: number): BlockArray {
  if ([JPEG, LERC, WEBP].includes(spec.compression)) {
    throw unsupportedBlock(
      spec,
      `${compressionName(spec.compression)} blocks of samples of ${bits} bits are not read.`,
    );
  }
  if (spec.dataType === 'float32') {
    undoPredictor(spec, whole, 2);
    return fromHalf(viewOf('uint16', whole) as Uint16Array);
  }
  if (spec.predictor !== 1)
    throw unsupportedBlock(spec, `Predictor ${spec.predictor} on ${bits} bits is not read.`);
  return unpackBits(whole, spec.blockWidth * spec.samples, spec.blockHeight, bits);
}

function undoPredictor(spec: BlockSpec, whole: Uint8Array, size: number): void {
  const rowSamples = spec.blockWidth * spec.samples;
  if (spec.predictor === PREDICTOR_FLOATING_POINT) {
    if (spec.dataType !== 'float32' && spec.dataType !== 'float64') {
      throw unsupportedBlock(spec, `Predictor 3 on ${spec.dataType} is not read.`);
    }
    undoFloatingPoint(whole, rowSamples, spec.samples, size);
    return;
  }
  if (!spec.littleEndian) swapBytes(whole, size);
  if (spec.predictor === PREDICTOR_HORIZONTAL) {
    undoHorizontal(integers(whole, size), rowSamples, spec.samples);
  } else if (spec.predictor !== 1) throw unsupportedBlock(spec, `Predictor ${spec.predictor} is not read.`);
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}

/** Predictor 2 works on the samples' bits, floats too. `bytes` begins its own buffer. */
function integers(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  const { buffer, byteOffset, length } = bytes;
  switch (size) {
    case 2:
      return new Uint16Array(buffer, byteOffset, length / 2);
    case 4:
      return new Uint32Array(buffer, byteOffset, length / 4);
    case 8:
      return new BigUint64Array(buffer, byteOffset, length / 8);
    default:
      return bytes;
  }
}

function decodeError(spec: BlockSpec, bytes: Uint8Array, error: unknown): GeoCropError {
  if (error instanceof GeoCropError) return error;
  return new GeoCropError('block-corrupt', `A block cannot be decoded: ${messageOf(error)}.`, {
    hint: 'The file is damaged: fetch it again or leave the scene out.',
    context: { href: spec.href, level: spec.level, compression: spec.compression, bytes: bytes.length },
    cause: error,
  });
}
