import { TiffTag, type TiffImage } from '@cogeotiff/core';
import { DESCRIBED } from './described-tags.js';
import { malformed } from './refusals.js';

/** Tags as they are in the file: `@cogeotiff/core`'s types promise what a broken file does not keep. */
export type Tags = ReadonlyMap<TiffTag, unknown>;

/** All tags that the header needs; whatever is not in the first pages is read now. */
const NEEDED: readonly TiffTag[] = [
  TiffTag.SubFileType,
  TiffTag.ImageWidth,
  TiffTag.ImageHeight,
  TiffTag.BitsPerSample,
  TiffTag.Compression,
  TiffTag.Photometric,
  TiffTag.FillOrder,
  TiffTag.SamplesPerPixel,
  TiffTag.RowsPerStrip,
  TiffTag.StripOffsets,
  TiffTag.StripByteCounts,
  TiffTag.PlanarConfiguration,
  TiffTag.Predictor,
  TiffTag.TileWidth,
  TiffTag.TileHeight,
  TiffTag.TileOffsets,
  TiffTag.TileByteCounts,
  TiffTag.SampleFormat,
  TiffTag.JpegTables,
  TiffTag.ModelPixelScale,
  TiffTag.ModelTiePoint,
  TiffTag.ModelTransformation,
  TiffTag.GdalNoData,
  TiffTag.LercParameters,
];

/** Lists of blocks: as long as there are blocks, which has limits of its own. */
const BLOCK_LISTS: ReadonlySet<TiffTag> = new Set([
  TiffTag.TileOffsets,
  TiffTag.TileByteCounts,
  TiffTag.StripOffsets,
  TiffTag.StripByteCounts,
]);
/** The longest that are real are a palette of 65,536 colours and ground control points by the thousand. */
const MOST_VALUES = 3 * 65_536;
/** Keys are cut out of these lists, each key as much as it says: 500 keys of 500 numbers are the most that is kept. */
const MOST_GEO_VALUES: Readonly<Partial<Record<TiffTag, number>>> = {
  [TiffTag.GeoKeyDirectory]: 2048,
  [TiffTag.GeoDoubleParams]: 512,
  [TiffTag.GeoAsciiParams]: 65_536,
};

/**
 * Throws where a tag that is read is longer than any real one, before anything is allocated for it. The parser reads some
 * by itself (GeoKeys among them), so this is asked as soon as the directory is known.
 * @returns how many values the image lists: of blocks, and of all else that is read
 */
export function checkTags(
  image: TiffImage,
  mostBlocks: number,
  href: string,
): { readonly blocks: number; readonly values: number } {
  let blocks = 0;
  let values = 0;
  for (const [tag, { count }] of image.tags) {
    const listed = BLOCK_LISTS.has(tag);
    if (!listed && !READ.has(tag)) continue;
    if (count > (listed ? mostBlocks : (MOST_GEO_VALUES[tag] ?? MOST_VALUES))) {
      throw malformed(href, `states ${count} values for ${TiffTag[tag]}`);
    }
    if (listed) blocks = Math.max(blocks, count);
    else values += count;
  }
  return { blocks, values };
}

export async function loadTags(image: TiffImage, more: readonly TiffTag[] = []): Promise<Tags> {
  const loaded = await Promise.all(
    [...NEEDED, ...more].map(async (tag): Promise<[TiffTag, unknown]> => [
      tag,
      await (image.fetch as (tag: TiffTag) => Promise<unknown>).call(image, tag),
    ]),
  );
  return new Map(loaded.filter(([, value]) => value !== null && value !== undefined));
}

/** Those of NEEDED, those that the parser reads, and those of describe.ts. */
const READ: ReadonlySet<TiffTag> = new Set([
  ...NEEDED,
  TiffTag.GeoKeyDirectory,
  TiffTag.GeoDoubleParams,
  TiffTag.GeoAsciiParams,
  ...DESCRIBED,
]);

/** The tag's values as numbers, one or many; undefined where it is missing or no number. */
export function numbersOf(tags: Tags, tag: TiffTag): readonly number[] | undefined {
  const value = tags.get(tag);
  if (typeof value === 'number') return [value];
  if (value instanceof Uint8Array || value instanceof Uint16Array || value instanceof Uint32Array) {
    return Array.from(value);
  }
  return Array.isArray(value) && value.every((member) => typeof member === 'number') ? value : undefined;
}

export function numberOf(tags: Tags, tag: TiffTag): number | undefined {
  return numbersOf(tags, tag)?.[0];
}

export function textOf(tags: Tags, tag: TiffTag): string | undefined {
  const value = tags.get(tag);
  return typeof value === 'string' ? value.replace(/\0[\s\S]*$/, '').trim() : undefined;
}
