import { encodePng } from '../../../engine/encode/png.js';
import type { Picture } from '../image-post/picture.js';
import { bigEndian, interleave } from './interleave.js';
import { refuseBands } from './refuse-bands.js';
import { maskBand } from '../image-post/mask.js';

/** By how many channels there are, the mask among them: GDAL's reading of 1 to 4 bands. */
const KINDS = ['gray', 'gray-alpha', 'rgb', 'rgba'] as const;

/** 8 or 16 bits a channel. @throws bad-request for more than four channels */
export async function encodePngPicture({
  bands,
  mask,
  alpha,
  type,
  width,
  height,
}: Picture): Promise<Uint8Array> {
  const all = mask === null ? bands : [...bands, maskBand(mask, type, alpha)];
  const kind = KINDS[all.length - 1];
  if (kind === undefined)
    throw refuseBands('PNG', all.length, mask !== null, 'it takes four with the mask at most');
  const length = all.length * width * height;
  if (type === 'uint16') {
    const data = bigEndian(interleave(all, new Uint16Array(length)));
    return encodePng({ kind, width, height, data, depth: 16 });
  }
  return encodePng({ kind, width, height, data: interleave(all, new Uint8Array(length)) });
}
