import { TiffTag, type TiffImage } from '@cogeotiff/core';
import type { CogHeader, CogLevel, FileDescription } from '../cog-header.js';
import { NUMBERS, RESOLUTIONS, RESOLUTION_UNITS, TEXTS } from './described-tags.js';
import { pixelIsPoint } from './georeference.js';
import { parseGdalMetadata } from './gdal-metadata.js';
import type { HeaderBytes } from './header-bytes.js';
import type { HeaderLimits } from './header-limits.js';
import { isReduced, kindOf, levelOf } from './levels.js';
import { malformed } from './refusals.js';
import { numberOf, numbersOf, textOf, type Tags } from './tag-values.js';

interface Described {
  readonly image: TiffImage;
  readonly tags: Tags;
  /** Tags of the images that say that they are masks. */
  readonly masks: readonly Tags[];
  readonly header: CogHeader;
  readonly bytes: HeaderBytes;
  readonly limits: HeaderLimits;
  readonly fileSize: number | null;
  readonly href: string;
}

export async function describe(file: Described): Promise<FileDescription> {
  const { image, tags, header, href, limits } = file;
  const colorMap = numbersOf(tags, TiffTag.ColorMap) ?? null;
  const xml = await metadataText(file);
  return {
    geoKeys: geoKeysOf(image),
    controlPoints: controlPointsOf(tags, image),
    photometric: numberOf(tags, TiffTag.Photometric) ?? null,
    extraSamples: numbersOf(tags, TiffTag.ExtraSamples) ?? [],
    colorMap: colorMap?.length === 3 * coloursOf(header) ? colorMap : null,
    items: parseGdalMetadata(xml, limits.metadataItems, href),
    tags: baselineTags(tags),
    masks: masksOf(file),
  };
}

/** Colours that a palette must have: one a value. */
function coloursOf({ dataType, bits }: CogHeader): number {
  if (dataType === 'uint8') return 2 ** (bits ?? 8);
  return dataType === 'uint16' ? 2 ** 16 : NaN;
}

async function metadataText({ image, bytes, limits, href }: Described): Promise<string> {
  const tag = image.tags.get(TiffTag.GdalMetadata);
  if (tag === undefined) return '';
  if (tag.count > limits.metadataBytes) throw malformed(href, `states ${tag.count} bytes of metadata`);
  // Where the parser has read it, each character is a byte.
  if (typeof tag.value === 'string') return fromBytes(Buffer.from(tag.value, 'latin1'));
  if (tag.type !== 'lazy') return '';
  return fromBytes(Buffer.from(await bytes.fetch(tag.dataOffset, tag.count)));
}

/** UTF-8, as GDAL writes it, to the first zero byte. */
function fromBytes(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function geoKeysOf(image: TiffImage): FileDescription['geoKeys'] {
  const keys: Record<string, number | string | readonly number[]> = {};
  for (const [key, value] of image.tagsGeo as ReadonlyMap<number, unknown>) {
    if (typeof value === 'string') keys[key] = value.replace(/\0[\s\S]*$/, '');
    else if (typeof value === 'number' && Number.isFinite(value)) keys[key] = value;
    else if (Array.isArray(value) && value.every(Number.isFinite)) keys[key] = value as number[];
  }
  return keys;
}

/** With a scale or a matrix the tie points are part of an affine. */
function controlPointsOf(tags: Tags, image: TiffImage): FileDescription['controlPoints'] {
  const ties = numbersOf(tags, TiffTag.ModelTiePoint);
  if (ties === undefined || tags.has(TiffTag.ModelPixelScale) || tags.has(TiffTag.ModelTransformation)) {
    return [];
  }
  const shift = pixelIsPoint(image) ? 0.5 : 0;
  const points: (readonly [number, number, number, number, number])[] = [];
  for (let i = 0; i + 6 <= ties.length; i += 6) {
    const [column = NaN, row = NaN, , x = NaN, y = NaN, z = NaN] = ties.slice(i, i + 6);
    if (![column, row, x, y, z].every(Number.isFinite)) return [];
    points.push([column + shift, row + shift, x, y, z]);
  }
  return points;
}

function baselineTags(tags: Tags): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [tag, name] of TEXTS) {
    const text = textOf(tags, tag);
    if (text !== undefined) found[name] = Buffer.from(text, 'latin1').toString('utf8');
  }
  for (const [tag, name] of NUMBERS) {
    const value = numberOf(tags, tag);
    if (value !== undefined) found[name] = String(value);
  }
  for (const [tag, name] of RESOLUTIONS) {
    const [numerator, denominator = 1] = numbersOf(tags, tag) ?? [];
    // GDAL keeps them as float32 and prints %.8g.
    if (numerator !== undefined && denominator !== 0) {
      found[name] = String(Number(Math.fround(numerator / denominator).toPrecision(8)));
    }
  }
  const unit = numberOf(tags, TiffTag.ResolutionUnit);
  if (unit !== undefined) found['TIFFTAG_RESOLUTIONUNIT'] = RESOLUTION_UNITS[unit] ?? String(unit);
  return found;
}

/** The mask of the full resolution, and those of overviews; a mask of another size than the image is none of it. */
function masksOf({ masks, header, limits, fileSize, href }: Described): FileDescription['masks'] {
  const [full] = header.levels;
  if (full === undefined || masks.length === 0) return null;
  let bits: 1 | 8 | undefined;
  const levels: CogLevel[] = [];
  for (const tags of masks) {
    const kind = kindOf(tags, limits, href);
    const mine = kind.bits ?? 8;
    if (kind.samplesPerPixel !== 1 || kind.dataType !== 'uint8' || (mine !== 1 && mine !== 8)) continue;
    const level = levelOf(tags, kind, limits, fileSize, href);
    const whole = level.width === full.width && level.height === full.height;
    if (bits === undefined && (!whole || isReduced(tags))) continue;
    if (
      bits !== undefined &&
      (bits !== mine || whole || level.width > full.width || level.height > full.height)
    ) {
      continue;
    }
    bits = mine;
    levels.push(level);
  }
  return bits === undefined ? null : { bits, levels };
}
