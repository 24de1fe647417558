import { GeoCropError } from '../../../engine/errors.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import type { ImageFormat, RenderImage } from '../post.js';
import { applyColormap } from './apply-colormap.js';
import { isUnsigned, TYPE_RANGES, typeOfBands } from './data-types.js';
import { maskOf } from './mask.js';
import { rangeOf, rescaleBand, type Range } from './rescale.js';

/** An image as it will be encoded: its bands are of a type that the format holds. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** All of one type. */
  readonly bands: readonly NumberArray[];
  readonly type: DataType;
  /** Transparency, 0 to 255; null where the answer shall have none. */
  readonly mask: Uint8Array | null;
  /** Whether the mask is an alpha band's, with values between. */
  readonly alpha: boolean;
  readonly format: ImageFormat;
}

const BYTE: readonly DataType[] = ['uint8'];
const ANY = Object.keys(TYPE_RANGES) as DataType[];
const TYPES: Readonly<Record<ImageFormat | 'auto', readonly DataType[]>> = {
  png: ['uint8', 'uint16'],
  jpeg: BYTE,
  webp: BYTE,
  auto: BYTE,
  tif: ANY,
  npy: ANY,
};

/**
 * Rescaled, coloured and brought to the format's type in the order of TiTiler's `render_image`: `rescale` first, then the
 * colormap; what the format still cannot hold is rescaled from the file's own statistics, or from its type's range.
 * @throws bad-request where a colormap meets more than one band
 */
export function makePicture(image: Image, render: RenderImage): Picture {
  const { width, height } = image;
  let bands = image.bands;
  let mask = maskOf(image);
  let alpha = image.alpha !== null;
  if (render.rescale !== undefined && render.rescale.length > 0) {
    bands = rescaleImage(image, render.rescale);
    if (alpha) mask = rescaleBand(mask, TYPE_RANGES.uint8, null);
  }
  let ranges = image.statistics;
  if (render.colormap !== undefined) {
    const [band] = bands;
    if (band === undefined || bands.length > 1) {
      throw new GeoCropError(
        'bad-request',
        `A colormap is for one band, and the picture has ${bands.length}.`,
        {
          hint: 'Choose a band with bidx, or make one of them with expression.',
          context: { parameter: 'colormap' },
        },
      );
    }
    const colored = applyColormap(band, render.colormap);
    bands = colored.colors;
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) mask[i] = colored.alpha[i] as number;
    alpha = true;
    ranges = undefined;
  }
  const format = render.format === 'auto' ? (mask.includes(0) ? 'png' : 'jpeg') : render.format;
  const type = typeOfBands(bands);
  if (!TYPES[render.format].includes(type)) bands = fitToByte(bands, type, mask, ranges);
  return {
    width,
    height,
    bands,
    type: typeOfBands(bands),
    mask: render.returnMask === false ? null : mask,
    alpha,
    format,
  };
}

/** Each band to bytes; 0 where it is not valid. */
function rescaleImage(image: Image, ranges: readonly Range[]): Uint8Array[] {
  return image.bands.map((values, band) =>
    rescaleBand(values, rangeOf(ranges, band, image.bands.length), image.valid[band] as Uint8Array),
  );
}

/** Where a pixel is masked, unsigned types become 0; others keep what lies under the mask, as TiTiler has it. */
function fitToByte(
  bands: readonly NumberArray[],
  type: DataType,
  mask: Uint8Array,
  statistics: readonly Range[] | undefined,
): Uint8Array[] {
  const ranges = statistics === undefined || statistics.length === 0 ? [TYPE_RANGES[type]] : statistics;
  return bands.map((values, band) =>
    rescaleBand(values, rangeOf(ranges, band, bands.length), isUnsigned(type) ? mask : null),
  );
}
