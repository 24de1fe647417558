import { getDecoder } from 'geotiff';
import type { BlockSpec } from '../block-spec.js';
import { unsupportedBlock } from './unsupported.js';

const JPEG = 7;

/**
 * A JPEG block, by geotiff.js, once its frame is known to be of this block's size: the decoder allocates what it says.
 * Values may differ by a little from libjpeg's, whose inverse DCT rounds otherwise.
 */
export async function decodeJpeg(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  if (spec.ycbcr === true) {
    throw unsupportedBlock(spec, 'JPEG blocks in YCbCr are not read.');
  }
  checkFrame(spec, bytes);
  const tables = spec.jpegTables === undefined ? {} : { JPEGTables: Buffer.from(spec.jpegTables, 'base64') };
  const decoder = await getDecoder(JPEG, {
    tileWidth: spec.blockWidth,
    tileHeight: spec.blockHeight,
    planarConfiguration: 1,
    bitsPerSample: [8],
    predictor: 1,
    ...tables,
  });
  return new Uint8Array(await decoder.decodeBlock(new Uint8Array(bytes).buffer));
}

/** Start of frame: C0 to CF without DHT (C4), JPG (C8) and DAC (CC). Source: ITU-T T.81, table B.1. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const START_OF_SCAN = 0xda;

function checkFrame(spec: BlockSpec, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === START_OF_SCAN) break;
    const length = view.getUint16(at + 2);
    if (isStartOfFrame(marker)) {
      const [bits, height, width, components] = [
        bytes[at + 4],
        view.getUint16(at + 5),
        view.getUint16(at + 7),
        bytes[at + 9],
      ];
      const fits =
        bits === 8 &&
        width === spec.blockWidth &&
        height <= spec.blockHeight &&
        height >= spec.minRows &&
        components === spec.samples;
      if (!fits) throw new Error(`its JPEG frame says ${width} × ${height} × ${components}, ${bits} bits`);
      return;
    }
    at += 2 + length;
  }
  throw new Error('it holds no JPEG frame');
}
