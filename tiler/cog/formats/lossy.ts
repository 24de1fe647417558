import type { Picture } from '../image-post/picture.js';
import { interleave } from './interleave.js';
import { refuseBands } from './refuse-bands.js';
import { sharpOf } from './sharp.js';

/** rio-tiler's profiles. */
const JPEG_QUALITY = 85;
const WEBP_QUALITY = 75;

/** One band is gray, three are red, green and blue; JPEG has no transparency. @throws bad-request for other counts */
export async function encodeJpeg({ bands, width, height }: Picture): Promise<Uint8Array> {
  const channels = bands.length;
  if (channels !== 1 && channels !== 3) throw refuseBands('JPEG', channels, false, 'it takes one or three');
  const data = interleave(bands, new Uint8Array(channels * width * height));
  const picture = await sharpOf(data, width, height, channels);
  return picture
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:2:0' })
    .toBuffer();
}

/**
 * One band is shown as gray, three are red, green and blue. Two bands and a mask become three colours, as TiTiler has it.
 * @throws bad-request for other counts
 */
export async function encodeWebp({ bands, mask, width, height }: Picture): Promise<Uint8Array> {
  const [first] = bands;
  const colors = bands.length === 1 && first !== undefined ? [first, first, first] : bands;
  const all = mask === null ? colors : [...colors, mask];
  const channels = all.length;
  if (channels !== 3 && channels !== 4) {
    throw refuseBands(
      'WebP',
      bands.length + (mask === null ? 0 : 1),
      mask !== null,
      'it takes one or three bands',
    );
  }
  const data = interleave(all, new Uint8Array(channels * width * height));
  const picture = await sharpOf(data, width, height, channels);
  return picture.webp({ quality: WEBP_QUALITY }).toBuffer();
}
