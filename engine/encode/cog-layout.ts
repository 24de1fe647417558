import { gdalMetadataXml } from './gdal-metadata.js';
import type { BlockGrid, CogRaster } from './cog-blocks.js';
import type { CogOptions } from './cog-options.js';
import { geoEntries } from './geokeys.js';
import { ifdSize, TAG, writeIfd, type TiffEntry } from './tiff-tags.js';

/** A compressed block; null where it is sparse. */
export interface CodedBlock {
  readonly image: Uint8Array | null;
  readonly mask: Uint8Array | null;
}

/** One resolution, full or overview: tags without offsets, and its blocks in row-major order. */
export interface CodedImage {
  readonly entries: readonly TiffEntry[];
  readonly maskEntries: readonly TiffEntry[] | null;
  readonly blocks: readonly CodedBlock[];
}

const HEADER_BYTES = 8;
const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;
const MAX_TIFF_BYTES = 2 ** 32 - 1;

const DEFLATE = 8;
const CHUNKY = 1;
const PHOTOMETRIC = { gray: 1, rgb: 2, palette: 3, mask: 4 } as const;
/** NewSubfileType bits (TIFF 6.0, page 36). */
const REDUCED = 1;
const TRANSPARENCY_MASK = 4;

/** What GDAL's COG driver writes there, so that its readers trust leaders, trailers and order (the space is for "YES"). */
function ghostArea(masked: boolean): Buffer {
  const lines =
    'LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n' +
    'BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n ' +
    (masked ? 'MASK_INTERLEAVED_WITH_IMAGERY=YES\n' : '');
  const text = `GDAL_STRUCTURAL_METADATA_SIZE=${String(lines.length).padStart(6, '0')} bytes\n${lines}`;
  return Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
}

/** Tags of one IFD, without its block offsets and byte counts. */
export function ifdEntries(
  options: CogOptions,
  raster: CogRaster,
  level: number,
  grid: BlockGrid,
  kind: 'image' | 'mask',
): TiffEntry[] {
  const bands = kind === 'mask' ? 1 : raster.bands;
  const photometric = kind === 'mask' ? 'mask' : (options.photometric ?? 'gray');
  const bits = kind === 'mask' ? 1 : raster.data.BYTES_PER_ELEMENT * 8;
  const subfile = (level > 0 ? REDUCED : 0) | (kind === 'mask' ? TRANSPARENCY_MASK : 0);
  const short = (tag: number, ...value: number[]): TiffEntry => ({ tag, type: 'short', value });
  const each = (value: number): number[] => new Array<number>(bands).fill(value);
  const entries: TiffEntry[] = [
    { tag: TAG.imageWidth, type: 'long', value: [raster.width] },
    { tag: TAG.imageLength, type: 'long', value: [raster.height] },
    short(TAG.bitsPerSample, ...each(bits)),
    short(TAG.compression, DEFLATE),
    short(TAG.photometric, PHOTOMETRIC[photometric]),
    short(TAG.samplesPerPixel, bands),
    short(TAG.planarConfiguration, CHUNKY),
    short(TAG.predictor, kind === 'mask' ? 1 : (options.predictor ?? 1)),
    short(TAG.tileWidth, grid.size),
    short(TAG.tileLength, grid.size),
    short(TAG.sampleFormat, ...each(kind === 'mask' ? 1 : sampleFormat(raster))),
  ];
  if (subfile !== 0) entries.push({ tag: TAG.newSubfileType, type: 'long', value: [subfile] });
  if (kind === 'mask') return entries;
  const named = photometric === 'rgb' ? 3 : 1;
  if (bands > named) entries.push(short(TAG.extraSamples, ...each(0).slice(named)));
  if (photometric === 'palette') entries.push(short(TAG.colorMap, ...colorMap(options.colors ?? [])));
  if (raster.nodata !== null) {
    const text = Number.isNaN(raster.nodata) ? 'nan' : String(raster.nodata);
    entries.push({ tag: TAG.gdalNodata, type: 'ascii', value: text });
  }
  if (level > 0) return entries;
  entries.push(...geoEntries(options.epsg, options.transform));
  if (options.metadata !== undefined && options.metadata.length > 0) {
    entries.push({ tag: TAG.gdalMetadata, type: 'ascii', value: gdalMetadataXml(options.metadata) });
  }
  return entries;
}

/** TIFF 6.0 SampleFormat: 1 unsigned, 2 signed, 3 IEEE float. */
function sampleFormat({ data }: CogRaster): number {
  return data instanceof Float32Array ? 3 : data instanceof Int16Array ? 2 : 1;
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

/**
 * All the bytes in file order, or null where they exceed what 32-bit offsets reach.
 * IFDs: full resolution, its mask, the overviews, their masks (GDAL's order).
 */
export function layoutCog(images: readonly CodedImage[]): Uint8Array[] | null {
  const masked = images.some((image) => image.maskEntries !== null);
  const ghost = ghostArea(masked);
  const ifds = orderIfds(images);
  let at = HEADER_BYTES + ghost.length;
  const places = ifds.map((ifd) => {
    const place = at;
    at += ifdSize(ifd.tags());
    return place;
  });
  const data: Uint8Array[] = [];
  for (const ifd of [...ifds].reverse()) {
    if (ifd.kind === 'mask') continue;
    const mask = ifds.find((other) => other.kind === 'mask' && other.image === ifd.image);
    ifd.image.blocks.forEach((block, i) => {
      for (const [owner, bytes] of [
        [ifd, block.image],
        [mask, block.mask],
      ] as const) {
        if (owner === undefined || bytes === null) continue;
        owner.offsets[i] = at + LEADER_BYTES;
        owner.byteCounts[i] = bytes.length;
        const leader = Buffer.alloc(LEADER_BYTES);
        leader.writeUInt32LE(bytes.length);
        data.push(leader, bytes, bytes.subarray(bytes.length - TRAILER_BYTES));
        at += LEADER_BYTES + bytes.length + TRAILER_BYTES;
      }
    });
  }
  if (at > MAX_TIFF_BYTES) return null;
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(places[0] as number, 4);
  const directories = ifds.map((ifd, i) => writeIfd(ifd.tags(), places[i] as number, places[i + 1] ?? 0));
  return [header, ghost, ...directories, ...data];
}

/** One IFD on its way: its offsets and byte counts are filled in while the blocks get their places; 0 where sparse. */
class PendingIfd {
  readonly offsets: number[];
  readonly byteCounts: number[];

  constructor(
    readonly kind: 'image' | 'mask',
    readonly image: CodedImage,
    private readonly entries: readonly TiffEntry[],
  ) {
    this.offsets = new Array<number>(image.blocks.length).fill(0);
    this.byteCounts = new Array<number>(image.blocks.length).fill(0);
  }

  tags(): TiffEntry[] {
    return [
      ...this.entries,
      { tag: TAG.tileOffsets, type: 'long', value: this.offsets },
      { tag: TAG.tileByteCounts, type: 'long', value: this.byteCounts },
    ];
  }
}

function orderIfds(images: readonly CodedImage[]): PendingIfd[] {
  const pending = (kind: 'image' | 'mask', some: readonly CodedImage[]): PendingIfd[] =>
    some.flatMap((image) => {
      const entries = kind === 'mask' ? image.maskEntries : image.entries;
      return entries === null ? [] : [new PendingIfd(kind, image, entries)];
    });
  const [full, smaller] = [images.slice(0, 1), images.slice(1)];
  return [
    ...pending('image', full),
    ...pending('mask', full),
    ...pending('image', smaller),
    ...pending('mask', smaller),
  ];
}
