import { TiffTag, type TiffImage } from '@cogeotiff/core';

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

export async function loadTags(image: TiffImage): Promise<Tags> {
  const loaded = await Promise.all(
    NEEDED.map(async (tag): Promise<[TiffTag, unknown]> => [
      tag,
      await (image.fetch as (tag: TiffTag) => Promise<unknown>).call(image, tag),
    ]),
  );
  return new Map(loaded.filter(([, value]) => value !== null && value !== undefined));
}

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
