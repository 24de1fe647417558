import sharp from 'sharp';
import type { BlockSpec } from '../block-spec.js';

/**
 * A block that is a picture file, by libvips: samples interleaved, as many rows as the picture has. Throws where its size is
 * not the block's: what the picture says is known before its pixels are decoded.
 */
export async function decodePicture(
  spec: BlockSpec,
  picture: Uint8Array,
  format: 'jpeg' | 'webp',
): Promise<Uint8Array> {
  const { blockWidth, blockHeight, minRows, samples } = spec;
  const input = sharp(picture, {
    limitInputPixels: blockWidth * blockHeight,
    failOn: 'error',
    ignoreIcc: true,
    pages: 1,
  });
  const { format: found, width = 0, height = 0, channels = 0 } = await input.metadata();
  if (found !== format || width !== blockWidth || height < minRows || height > blockHeight) {
    throw new Error(`it is a picture (${found}) of ${width} × ${height}`);
  }
  if (samples === 1) input.toColourspace('b-w');
  // What is wholly opaque may be kept without alpha.
  else if (samples === 4 && channels === 3) input.ensureAlpha();
  else if (samples === 3 && channels === 4) input.removeAlpha();
  const { data, info } = await input.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== samples || info.width !== width || info.height !== height) {
    throw new Error(`its picture has ${info.channels} channels`);
  }
  return new Uint8Array(data);
}
