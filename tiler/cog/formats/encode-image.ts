import type { Image } from '../../../engine/raster-files/image.js';
import { makePicture, type Picture } from '../image-post/picture.js';
import type { EncodedImage, ImageFormat, RenderImage } from '../post.js';
import { encodeGeoTiff } from './geotiff.js';
import { encodeJpeg, encodeWebp } from './lossy.js';
import { encodeNpyPicture } from './npy.js';
import { encodePngPicture } from './png.js';

/** TiTiler's, so that clients that looked for them find them. */
export const CONTENT_TYPES: Readonly<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  tif: 'image/tiff; application=geotiff',
  npy: 'application/x-binary',
};

/**
 * Rescaled, coloured and encoded. Compression runs on other threads than the caller's.
 * @throws bad-request where the format cannot hold so many bands, or a colormap meets more than one band
 */
export async function encodeImage(image: Image, render: RenderImage): Promise<EncodedImage> {
  checkImage(image);
  const picture = makePicture(image, render);
  return {
    body: await encode(picture, image),
    format: picture.format,
    contentType: CONTENT_TYPES[picture.format],
  };
}

async function encode(picture: Picture, image: Image): Promise<Uint8Array> {
  switch (picture.format) {
    case 'png':
      return encodePngPicture(picture);
    case 'jpeg':
      return encodeJpeg(picture);
    case 'webp':
      return encodeWebp(picture);
    case 'tif':
      return encodeGeoTiff(picture, image);
    case 'npy':
      return encodeNpyPicture(picture);
  }
}

function checkImage({ width, height, bands, valid, alpha }: Image): void {
  const pixels = width * height;
  const lengths = [...bands, ...valid, ...(alpha === null ? [] : [alpha])].map((array) => array.length);
  const odd = lengths.find((length) => length !== pixels);
  if (odd !== undefined || pixels === 0 || bands.length === 0 || bands.length !== valid.length) {
    throw new RangeError(
      `image: got ${bands.length} bands and ${valid.length} masks of ${odd ?? pixels} values, expected as many of ${pixels} (${height} × ${width})`,
    );
  }
}
