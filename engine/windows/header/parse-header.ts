import { Tiff, TiffTag, type TiffImage } from '@cogeotiff/core';
import { GeoCropError, messageOf } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import type { CogHeader, DescribedHeader } from '../cog-header.js';
import { describe } from './describe.js';
import { DESCRIBED } from './described-tags.js';
import { boundDirectories } from './bound-directories.js';
import { epsgOf, transformOf } from './georeference.js';
import { HeaderBytes, PAGE } from './header-bytes.js';
import { HEADER_LIMITS, type HeaderLimits } from './header-limits.js';
import { isMask, isOverview, kindOf, levelOf } from './levels.js';
import { malformed } from './refusals.js';
import { loadTags, textOf, type Tags } from './tag-values.js';

/** Reads and checks a GeoTIFF's header. Throws cog-malformed, cog-unsupported, and what the source throws. */
export function parseHeader(
  source: ByteSource,
  href: string,
  signal: AbortSignal,
  limits: HeaderLimits = HEADER_LIMITS,
): Promise<CogHeader> {
  return parse(source, href, signal, limits, async (tiff, images, fileSize) =>
    headerOf(href, tiff, images, fileSize, limits),
  );
}

/** {@link parseHeader} with all that the file says of itself. */
export function parseDescribedHeader(
  source: ByteSource,
  href: string,
  signal: AbortSignal,
  limits: HeaderLimits = HEADER_LIMITS,
): Promise<DescribedHeader> {
  return parse(source, href, signal, limits, async (tiff, images, fileSize, bytes) => {
    const header = headerOf(href, tiff, images, fileSize, limits);
    const [first] = images;
    if (first === undefined) throw malformed(href, 'holds no image');
    const tags = await loadTags(first.image, DESCRIBED);
    const masks = images.filter((image) => isMask(image.tags)).map((image) => image.tags);
    return {
      ...header,
      description: await describe({ image: first.image, tags, masks, header, bytes, limits, fileSize, href }),
    };
  });
}

interface LoadedImage {
  readonly image: TiffImage;
  readonly tags: Tags;
}

async function parse<T>(
  source: ByteSource,
  href: string,
  signal: AbortSignal,
  limits: HeaderLimits,
  use: (
    tiff: Tiff,
    images: readonly LoadedImage[],
    fileSize: number | null,
    bytes: HeaderBytes,
  ) => Promise<T>,
): Promise<T> {
  const bytes = new HeaderBytes(source, href, signal, limits.headerBytes);
  try {
    const tiff = await openTiff(bytes, limits);
    const images = await Promise.all(
      tiff.images.map(async (image) => ({ image, tags: await loadTags(image) })),
    );
    return await use(tiff, images, bytes.metadata.size ?? null, bytes);
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
async function openTiff(bytes: HeaderBytes, limits: HeaderLimits): Promise<Tiff> {
  try {
    return await boundDirectories(new Tiff(bytes, { defaultReadSize: PAGE }), limits, bytes.href).init();
  } catch (error) {
    if (error instanceof GeoCropError || !messageOf(error).startsWith('IFD out of range')) throw error;
    return boundDirectories(new Tiff(bytes, { defaultReadSize: 16 * PAGE }), limits, bytes.href).init();
  }
}

function headerOf(
  href: string,
  tiff: Tiff,
  images: readonly LoadedImage[],
  fileSize: number | null,
  limits: HeaderLimits,
): CogHeader {
  const [first, ...others] = images;
  if (first === undefined) throw malformed(href, 'holds no image');
  if (isMask(first.tags)) throw malformed(href, 'begins with a mask');
  const kind = kindOf(first.tags, limits, href);
  const full = levelOf(first.tags, kind, limits, fileSize, href);
  const overviews = others
    .filter(({ tags }) => isOverview(tags))
    .filter(({ tags }) => {
      const { samplesPerPixel, dataType, bits } = kindOf(tags, limits, href);
      return samplesPerPixel === kind.samplesPerPixel && dataType === kind.dataType && bits === kind.bits;
    })
    .map(({ tags }) => levelOf(tags, kind, limits, fileSize, href))
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
    ...(kind.bits === undefined ? {} : { bits: kind.bits }),
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
