import { GeoCropError } from '../../../engine/errors.js';
import type { ImageFormat } from '../post.js';

/** A format as it is asked for, and the media type that TiTiler gives it. */
export interface AskedFormat {
  readonly format: ImageFormat;
  readonly contentType: string;
}

const FORMATS: Readonly<Record<string, AskedFormat>> = {
  png: { format: 'png', contentType: 'image/png' },
  // The same picture, less compressed: there it saves time.
  pngraw: { format: 'png', contentType: 'image/png' },
  jpeg: { format: 'jpeg', contentType: 'image/jpeg' },
  jpg: { format: 'jpeg', contentType: 'image/jpg' },
  webp: { format: 'webp', contentType: 'image/webp' },
  tif: { format: 'tif', contentType: 'image/tiff; application=geotiff' },
  tiff: { format: 'tif', contentType: 'image/tiff; application=geotiff' },
  npy: { format: 'npy', contentType: 'application/x-binary' },
};

export const FORMAT_NAMES = Object.keys(FORMATS);

/** @throws bad-request */
export function imageFormat(name: string): AskedFormat {
  const found = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (found !== undefined) return found;
  throw new GeoCropError('bad-request', `There is no image format "${name.slice(0, 20)}" here.`, {
    hint: `Formats: ${FORMAT_NAMES.join(', ')}; without one PNG where a part is transparent, else JPEG.`,
  });
}
