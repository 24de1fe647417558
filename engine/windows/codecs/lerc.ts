import { getDecoder } from 'geotiff';
import { blockBytes, type BlockSpec } from '../block-spec.js';
import { inflate } from './inflate.js';
import { unsupportedBlock } from './unsupported.js';
import { decodeZstd } from './zstd.js';

const LERC = 34887;
/** Second value of tag 50674. */
const ADD_DEFLATE = 1;
const ADD_ZSTD = 2;
/** What LERC's header, mask and tables may add to a block that does not compress. */
const LERC_SLACK = 64 * 1024;

/**
 * A LERC2 block, by geotiff.js, once its header is known to describe this very block: its decoder allocates what the header
 * says. Pixels that the block's mask leaves out are NaN, as libtiff writes NaN and the rest of an edge block.
 * Source: Esri/lerc, Lerc2.h (header and mask of versions 2 to 5).
 */
export async function decodeLerc(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  const plain = await unpack(spec, bytes, blockBytes(spec) + LERC_SLACK);
  const { length, rows, valid, mask } = readHeader(spec, plain);
  const decoder = await getDecoder(LERC, {
    tileWidth: spec.blockWidth,
    tileHeight: spec.blockHeight,
    planarConfiguration: 1,
    bitsPerSample: [],
    predictor: 1,
    LercParameters: [4, 0],
  } as Parameters<typeof getDecoder>[1]);
  // The decoder reads to the buffer's end and looks for another band there.
  const buffer = await decoder.decodeBlock(new Uint8Array(plain.subarray(0, length)).buffer);
  const pixels = rows * spec.blockWidth;
  if (valid < pixels) {
    const values = spec.dataType === 'float64' ? new Float64Array(buffer) : new Float32Array(buffer);
    maskOut(
      values,
      valid === 0 ? new Uint8Array(Math.ceil(pixels / 8)) : unpackMask(plain, mask, pixels),
      spec.samples,
    );
  }
  return new Uint8Array(buffer);
}

async function unpack(spec: BlockSpec, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  switch (spec.lercParameters?.[1]) {
    case ADD_DEFLATE:
      return inflate(bytes, maxBytes);
    case ADD_ZSTD:
      return decodeZstd(bytes, maxBytes);
    case undefined:
    default:
      return bytes;
  }
}

interface LercHeader {
  /** Of the whole blob, bytes. */
  readonly length: number;
  readonly rows: number;
  /** Number of pixels that have values. */
  readonly valid: number;
  /** Where the mask's length stands. */
  readonly mask: number;
}

/** Throws where the header is not of this block. */
function readHeader(spec: BlockSpec, bytes: Uint8Array): LercHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== 'Lerc2 ')
    throw new Error('it is no LERC2 block');
  const version = view.getInt32(6, true);
  // Version 3 added a checksum, version 4 the number of values a pixel.
  let at = version >= 3 ? 14 : 10;
  const rows = view.getInt32(at, true);
  const cols = view.getInt32(at + 4, true);
  at += 8;
  const values = version >= 4 ? view.getInt32(at, true) : 1;
  if (version >= 4) at += 4;
  const valid = view.getInt32(at, true);
  // After the count of valid pixels: the size of micro blocks, ours, the type, and three doubles.
  const length = view.getInt32(at + 8, true);
  const type = view.getInt32(at + 12, true);
  const mask = at + 40;
  if (cols !== spec.blockWidth || values !== spec.samples || rows > spec.blockHeight || rows < spec.minRows) {
    throw new Error(`its LERC header says ${cols} × ${rows} × ${values}`);
  }
  if (LERC_TYPES[type] !== spec.dataType) throw new Error(`its LERC header says type ${type}`);
  if (length < mask || length > bytes.length) {
    throw new Error(`its LERC header says ${length} of ${bytes.length} bytes`);
  }
  if (valid < 0 || valid > rows * cols) throw new Error(`its LERC header says ${valid} valid pixels`);
  if (version > 5) throw unsupportedBlock(spec, `LERC of version ${version} is not read.`);
  if (valid < rows * cols && !spec.dataType.startsWith('float')) {
    throw unsupportedBlock(spec, 'LERC blocks of whole numbers with a mask are not read.');
  }
  return { length, rows, valid, mask };
}

/** One bit a pixel, most significant first, run-length coded: a count, then so many bytes, or for −count one repeated. */
function unpackMask(bytes: Uint8Array, at: number, pixels: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = new Uint8Array(Math.ceil(pixels / 8));
  const end = at + 4 + view.getInt32(at, true);
  let filled = 0;
  for (let i = at + 4; i < end;) {
    const count = view.getInt16(i, true);
    i += 2;
    if (count === END_OF_MASK) break;
    if (count > 0) bits.set(bytes.subarray(i, i + count), filled);
    else bits.fill(view.getUint8(i), filled, filled - count);
    i += count > 0 ? count : 1;
    filled += Math.abs(count);
  }
  if (filled !== bits.length) throw new Error(`its LERC mask has ${filled} of ${bits.length} bytes`);
  return bits;
}

const END_OF_MASK = -32768;

function maskOut(values: Float32Array | Float64Array, bits: Uint8Array, samples: number): void {
  for (let pixel = 0; pixel * samples < values.length; pixel += 1) {
    const valid = bits[pixel >> 3]! & (0x80 >> (pixel & 7));
    if (valid === 0) values.fill(NaN, pixel * samples, (pixel + 1) * samples);
  }
}

/** Lerc2's DataType. */
const LERC_TYPES = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];
