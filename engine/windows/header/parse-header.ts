import { Tiff, TiffTag, type TiffImage } from '@cogeotiff/core';
import { GeoCropError, messageOf } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import type { CogHeader } from '../cog-header.js';
import { epsgOf, transformOf } from './georeference.js';
import { HeaderBytes, PAGE } from './header-bytes.js';
import { isMask, isOverview, kindOf, levelOf, malformed } from './levels.js';
import { loadTags, textOf, type Tags } from './tag-values.js';

/** Full resolution, overviews and their masks: GDAL stops at 30 levels. */
const MOST_IMAGES = 256;

/** Reads and checks a GeoTIFF's header. Throws cog-malformed, cog-unsupported, and what the source throws. */
export async function parseHeader(source: ByteSource, href: string, signal: AbortSignal): Promise<CogHeader> {
  const bytes = new HeaderBytes(source, href, signal);
  try {
    const tiff = await openTiff(bytes);
    const images = await Promise.all(
      tiff.images.map(async (image) => ({ image, tags: await loadTags(image) })),
    );
    return headerOf(href, tiff, images, bytes.metadata.size ?? null);
  } catch (error) {
    if (error instanceof GeoCropError) throw error;
    // The parser throws RangeErrors and plain Errors on broken input.
    throw malformed(href, `header cannot be read: ${messageOf(error)}`, error);
  }
}

/**
 * A Tiff remembers that its reading failed (9.5.0, `_initPromise`), so a new one is made each time. It wants a whole IFD in
 * one view and does not look again where a long one is cut: then the views are made larger.
 */
async function openTiff(bytes: HeaderBytes): Promise<Tiff> {
  try {
    return await boundedTiff(bytes, PAGE).init();
  } catch (error) {
    if (error instanceof GeoCropError || !messageOf(error).startsWith('IFD out of range')) throw error;
    return boundedTiff(bytes, 16 * PAGE).init();
  }
}

/** The parser follows the chain of IFDs for ever where it bites its tail: its list of images ends that. */
function boundedTiff(bytes: HeaderBytes, defaultReadSize: number): Tiff {
  const tiff = new Tiff(bytes, { defaultReadSize });
  const images: TiffImage[] = [];
  images.push = (...more) => {
    if (images.length + more.length > MOST_IMAGES)
      throw malformed(bytes.url.href, `has more than ${MOST_IMAGES} images`);
    for (const image of more) images[images.length] = image;
    return images.length;
  };
  tiff.images = images;
  return tiff;
}

function headerOf(
  href: string,
  tiff: Tiff,
  images: readonly { image: TiffImage; tags: Tags }[],
  fileSize: number | null,
): CogHeader {
  const [first, ...others] = images;
  if (first === undefined) throw malformed(href, 'holds no image');
  if (isMask(first.tags)) throw malformed(href, 'begins with a mask');
  const kind = kindOf(first.tags, href);
  const full = levelOf(first.tags, kind, fileSize, href);
  const overviews = others
    .filter(({ tags }) => isOverview(tags))
    .filter(({ tags }) => {
      const { samplesPerPixel, dataType } = kindOf(tags, href);
      return samplesPerPixel === kind.samplesPerPixel && dataType === kind.dataType;
    })
    .map(({ tags }) => levelOf(tags, kind, fileSize, href))
    .filter((level) => level.width <= full.width && level.height <= full.height)
    .sort((a, b) => b.width - a.width || b.height - a.height);
  return {
    href,
    littleEndian: tiff.isLittleEndian,
    epsg: epsgOf(first.image),
    transform: transformOf(first.tags, first.image),
    nodata: nodataOf(first.tags),
    samplesPerPixel: kind.samplesPerPixel,
    dataType: kind.dataType,
    levels: [full, ...overviews],
  };
}

/** GDAL writes "nan", "inf" and numbers; what is neither counts as not set. */
function nodataOf(tags: Tags): number | null {
  const text = textOf(tags, TiffTag.GdalNoData)?.toLowerCase();
  if (text === undefined || text === '') return null;
  if (/^[-+]?nan\b/.test(text)) return NaN;
  const infinite = /^([-+]?)inf/.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(text.replace(/^\+/, ''));
  return Number.isNaN(value) ? null : value;
}
