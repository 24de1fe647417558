import type { BlockGrid } from './cog-blocks.js';
import type { CogOptions } from './cog-options.js';
import { gdalMetadataXml } from './gdal-metadata.js';
import { geoEntries } from './geokeys.js';
import type { BlockSamples } from './predictor.js';
import { TAG, type TiffEntry } from './tiff-tags.js';

const DEFLATE = 8;
const CHUNKY = 1;
const PHOTOMETRIC = { gray: 1, rgb: 2, palette: 3, mask: 4 } as const;
/** NewSubfileType bits (TIFF 6.0, page 36). */
const REDUCED = 1;
const TRANSPARENCY_MASK = 4;

/** Bits of a sample, and TIFF 6.0's SampleFormat: 1 unsigned, 2 signed, 3 IEEE float. */
const SAMPLES = { uint8: [8, 1], uint16: [16, 1], int16: [16, 2], float32: [32, 3] } as const;
export type SampleFormat = keyof typeof SAMPLES;

export function sampleFormatOf(data: BlockSamples): SampleFormat {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int16Array) return 'int16';
  return data instanceof Uint16Array ? 'uint16' : 'uint8';
}

/** What the tags of a picture say of its pixels. */
export interface CogShape {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly nodata: number | null;
  readonly format: SampleFormat;
}

/** The options that become tags. */
export type TagOptions = Pick<
  CogOptions,
  'epsg' | 'transform' | 'predictor' | 'photometric' | 'colors' | 'metadata'
>;

/** Tags of one IFD, without its block offsets and byte counts. @param level 0: full resolution, which has the georeference */
export function ifdEntries(
  options: TagOptions,
  shape: CogShape,
  level: number,
  grid: BlockGrid,
  kind: 'image' | 'mask',
): TiffEntry[] {
  const bands = kind === 'mask' ? 1 : shape.bands;
  const photometric = kind === 'mask' ? 'mask' : (options.photometric ?? 'gray');
  const [bits, sampleFormat] = kind === 'mask' ? [1, 1] : SAMPLES[shape.format];
  const subfile = (level > 0 ? REDUCED : 0) | (kind === 'mask' ? TRANSPARENCY_MASK : 0);
  const short = (tag: number, ...value: number[]): TiffEntry => ({ tag, type: 'short', value });
  const each = (value: number): number[] => new Array<number>(bands).fill(value);
  const entries: TiffEntry[] = [
    { tag: TAG.imageWidth, type: 'long', value: [shape.width] },
    { tag: TAG.imageLength, type: 'long', value: [shape.height] },
    short(TAG.bitsPerSample, ...each(bits)),
    short(TAG.compression, DEFLATE),
    short(TAG.photometric, PHOTOMETRIC[photometric]),
    short(TAG.samplesPerPixel, bands),
    short(TAG.planarConfiguration, CHUNKY),
    short(TAG.predictor, kind === 'mask' ? 1 : (options.predictor ?? 1)),
    short(TAG.tileWidth, grid.size),
    short(TAG.tileLength, grid.size),
    short(TAG.sampleFormat, ...each(sampleFormat)),
  ];
  if (subfile !== 0) entries.push({ tag: TAG.newSubfileType, type: 'long', value: [subfile] });
  if (kind === 'mask') return entries;
  const named = photometric === 'rgb' ? 3 : 1;
  if (bands > named) entries.push(short(TAG.extraSamples, ...each(0).slice(named)));
  if (photometric === 'palette') entries.push(short(TAG.colorMap, ...colorMap(options.colors ?? [])));
  if (shape.nodata !== null) {
    const text = Number.isNaN(shape.nodata) ? 'nan' : String(shape.nodata);
    entries.push({ tag: TAG.gdalNodata, type: 'ascii', value: text });
  }
  if (level > 0) return entries;
  entries.push(...geoEntries(options.epsg, options.transform));
  if (options.metadata !== undefined && options.metadata.length > 0) {
    entries.push({ tag: TAG.gdalMetadata, type: 'ascii', value: gdalMetadataXml(options.metadata) });
  }
  return entries;
}

/** 256 reds, greens, blues of 16 bits: 257 times the 8-bit value. */
function colorMap(colors: readonly string[]): number[] {
  const channel = (shift: number): number[] =>
    Array.from({ length: 256 }, (_, id) => {
      const color = colors[id] ?? '#000000';
      if (!/^#[0-9a-f]{6}$/i.test(color))
        throw new RangeError(`colour ${id}: got ${color}, expected #rrggbb`);
      return ((parseInt(color.slice(1), 16) >> shift) & 0xff) * 257;
    });
  return [...channel(16), ...channel(8), ...channel(0)];
}
