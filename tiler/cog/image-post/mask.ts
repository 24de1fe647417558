import type { Image } from '../../../engine/raster-files/image.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { newArray } from '../../../engine/windows/block-spec.js';
import { isFloat } from '../../../engine/windows/cog-header.js';
import { TYPE_RANGES } from './data-types.js';

/**
 * Transparency of each pixel, 0 to 255: the file's alpha where it has one, else 255 where any band is valid
 * (rio-tiler's `ImageData.mask`). A fresh array.
 */
export function maskOf(image: Image): Uint8Array {
  if (image.alpha !== null) return image.alpha.slice();
  const out = new Uint8Array(image.width * image.height);
  for (const band of image.valid) {
    for (let i = 0; i < out.length; i++) if (band[i] !== 0) out[i] = 255;
  }
  return out;
}

/**
 * A mask as a band beside bands of `type`, as rio-tiler appends it to GeoTIFF and NPY: the type's largest value where
 * valid, its smallest where not. An alpha band keeps its values in signed and float types, and is stretched to unsigned ones.
 * @param mask 0 to 255
 * @param alpha whether it is an alpha band's, which lies between
 */
export function maskBand(mask: Uint8Array, type: DataType, alpha: boolean): NumberArray {
  if (type === 'uint8') return mask;
  const out = newArray(type, mask.length);
  const [least, most] = TYPE_RANGES[type];
  if (!alpha) {
    for (let i = 0; i < mask.length; i++) out[i] = mask[i] === 0 ? least : most;
    return out;
  }
  const scale = least === 0 && !isFloat(type) ? most / 255 : 1;
  for (let i = 0; i < mask.length; i++) out[i] = (mask[i] as number) * scale;
  return out;
}
