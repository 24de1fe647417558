import { npyHeader } from '../../../engine/encode/npy.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { maskBand } from '../image-post/mask.js';
import type { Picture } from '../image-post/picture.js';

const DESCRIPTORS: Readonly<Record<DataType, string>> = {
  uint8: '|u1',
  int8: '|i1',
  uint16: '<u2',
  int16: '<i2',
  uint32: '<u4',
  int32: '<i4',
  float32: '<f4',
  float64: '<f8',
};

/** NumPy's format, bands × height × width in the picture's type; the mask is the last band. */
export function encodeNpyPicture({ bands, mask, alpha, type, width, height }: Picture): Uint8Array {
  const all = mask === null ? bands : [...bands, maskBand(mask, type, alpha)];
  return Buffer.concat([
    npyHeader(DESCRIPTORS[type], [all.length, height, width]),
    ...all.map((band) => new Uint8Array(band.buffer, band.byteOffset, band.byteLength)),
  ]);
}
