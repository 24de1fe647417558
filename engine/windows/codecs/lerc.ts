import { getDecoder } from 'geotiff';
import { blockBytes, type BlockSpec } from '../block-spec.js';
import { GeoCropError } from '../../errors.js';
import { inflate } from './inflate.js';
import { decodeZstd } from './zstd.js';

const LERC = 34887;
/** Second value of tag 50674. */
const ADD_DEFLATE = 1;
const ADD_ZSTD = 2;
/** What LERC's header, mask and tables may add to a block that does not compress. */
const LERC_SLACK = 64 * 1024;

/**
 * A LERC2 block, by geotiff.js, once its header is known to describe this very block: its decoder allocates what the header
 * says. Source: Esri/lerc, doc/MORE.md and Lerc2.h (header of versions 2 to 6).
 */
export async function decodeLerc(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  const plain = await unpack(spec, bytes, blockBytes(spec) + LERC_SLACK);
  const size = checkHeader(spec, plain);
  const decoder = await getDecoder(LERC, {
    tileWidth: spec.blockWidth,
    tileHeight: spec.blockHeight,
    planarConfiguration: 1,
    bitsPerSample: [],
    predictor: 1,
    LercParameters: [4, 0],
  } as Parameters<typeof getDecoder>[1]);
  // The decoder reads to the buffer's end and looks for another band there.
  return new Uint8Array(await decoder.decodeBlock(new Uint8Array(plain.subarray(0, size)).buffer));
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

/** The length that the header states, within the block; throws where the header is not of this block. */
function checkHeader(spec: BlockSpec, bytes: Uint8Array): number {
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
  const size = view.getInt32(at + 8, true);
  const type = view.getInt32(at + 12, true);
  if (cols !== spec.blockWidth || values !== spec.samples || rows > spec.blockHeight || rows < spec.minRows) {
    throw new Error(`its LERC header says ${cols} × ${rows} × ${values}`);
  }
  if (LERC_TYPES[type] !== spec.dataType) throw new Error(`its LERC header says type ${type}`);
  if (size <= at || size > bytes.length)
    throw new Error(`its LERC header says ${size} of ${bytes.length} bytes`);
  if (valid !== rows * cols) {
    throw new GeoCropError('cog-unsupported', 'LERC blocks with a mask of valid pixels are not read.', {
      hint: 'Convert it with gdal_translate -of COG -co COMPRESS=DEFLATE.',
      context: { href: spec.href, level: spec.level },
    });
  }
  return size;
}

/** Lerc2's DataType. */
const LERC_TYPES = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];
