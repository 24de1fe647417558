import { getDecoder } from 'geotiff';
import type { BlockSpec } from '../block-spec.js';
import { checkFrame, wholeJpeg } from './jpeg-stream.js';
import { decodeSubsampled } from './jpeg-subsampled.js';
import { unsupportedBlock } from './unsupported.js';

const JPEG = 7;

/**
 * A JPEG block, once its frame is known to be of this block's size: decoders allocate what it says. One and three samples
 * by libvips, which rounds as GDAL does, or where colours have half the resolution by jpeg-subsampled.ts; any other number, which no picture has, by geotiff.js, whose values may differ by a
 * little (its inverse DCT rounds otherwise than libjpeg's). Three samples in YCbCr become red, green and blue.
 */
export async function decodeJpeg(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  if (spec.dataType !== 'uint8')
    throw unsupportedBlock(spec, `JPEG blocks of ${spec.dataType} are not read.`);
  const tables = spec.jpegTables === undefined ? null : Buffer.from(spec.jpegTables, 'base64');
  checkFrame(spec, bytes);
  const subsampled = spec.samples === 3 && spec.ycbcr === true ? decodeSubsampled(bytes, tables) : null;
  if (subsampled !== null) return subsampled;
  if (spec.samples === 1 || spec.samples === 3) {
    const { decodePicture } = await import('./picture-block.js');
    const colours = spec.samples === 1 ? 'gray' : spec.ycbcr === true ? 'ycbcr' : 'rgb';
    return decodePicture(spec, wholeJpeg(bytes, tables, colours), 'jpeg');
  }
  if (spec.ycbcr === true)
    throw unsupportedBlock(spec, `JPEG blocks in YCbCr of ${spec.samples} samples are not read.`);
  const decoder = await getDecoder(JPEG, {
    tileWidth: spec.blockWidth,
    tileHeight: spec.blockHeight,
    planarConfiguration: 1,
    bitsPerSample: [8],
    predictor: 1,
    ...(tables === null ? {} : { JPEGTables: tables }),
  });
  return new Uint8Array(await decoder.decodeBlock(new Uint8Array(bytes).buffer));
}
