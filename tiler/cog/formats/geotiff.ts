import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import {
  tiffHeader,
  TIFF_HEADER_BYTES,
  ifdSize,
  TAG,
  writeIfd,
  type TiffEntry,
} from '../../../engine/encode/tiff-tags.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { newArray } from '../../../engine/windows/block-spec.js';
import { isFloat } from '../../../engine/windows/cog-header.js';
import { isUnsigned } from '../image-post/data-types.js';
import { maskBand } from '../image-post/mask.js';
import type { Picture } from '../image-post/picture.js';
import { georeference } from './georeference.js';
import { interleave } from './interleave.js';

const deflateAsync = promisify(deflate);

const DEFLATE = 8;
const MIN_IS_BLACK = 1;
const RGB = 2;
const CHUNKY = 1;
const UNSPECIFIED = 0;
/** Alpha that colours have not been multiplied with. */
const UNASSOCIATED_ALPHA = 2;
const STRIP_OFFSETS = 273;
const ROWS_PER_STRIP = 278;
const STRIP_BYTE_COUNTS = 279;
/** Strips are compressed one after the other on libuv's threads; GDAL's own are 8 kB, which compress less. */
const STRIP_BYTES = 256 * 1024;

/** A GeoTIFF with all bands in each pixel, the mask as its alpha band, as TiTiler gives it; compressed with DEFLATE. */
export async function encodeGeoTiff(
  picture: Picture,
  place: Pick<Image, 'bounds' | 'crs'>,
): Promise<Uint8Array> {
  const { bands, mask, alpha, type, width, height } = picture;
  const all = mask === null ? bands : [...bands, maskBand(mask, type, alpha)];
  const rowBytes = all.length * width * newArray(type, 0).BYTES_PER_ELEMENT;
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / rowBytes)));
  const strips: Uint8Array[] = [];
  for (let row = 0; row < height; row += rows) {
    strips.push(await strip(all, type, row * width, Math.min(height, row + rows) * width));
  }
  const entries = [...describe(picture, all.length, rows), ...georeference(place, width, height)];
  return assemble(entries, strips);
}

async function strip(
  bands: readonly NumberArray[],
  type: DataType,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const cut = bands.map((band) => band.subarray(from, to));
  const data = interleave(cut, newArray(type, bands.length * (to - from)));
  return deflateAsync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { level: 6 });
}

function describe({ mask, type, width, height }: Picture, samples: number, rows: number): TiffEntry[] {
  const short = (tag: number, ...value: number[]): TiffEntry => ({ tag, type: 'short', value });
  const each = (value: number): number[] => new Array<number>(samples).fill(value);
  // Three bands of bytes are colours, a fourth beside them their alpha.
  const colors = type === 'uint8' && samples - Number(mask !== null) >= 3 && samples <= 4;
  const extra = each(UNSPECIFIED).slice(colors ? 3 : 1);
  if (mask !== null || (colors && samples === 4)) extra[extra.length - 1] = UNASSOCIATED_ALPHA;
  return [
    { tag: TAG.imageWidth, type: 'long', value: [width] },
    { tag: TAG.imageLength, type: 'long', value: [height] },
    short(TAG.bitsPerSample, ...each(8 * newArray(type, 0).BYTES_PER_ELEMENT)),
    short(TAG.compression, DEFLATE),
    short(TAG.photometric, colors ? RGB : MIN_IS_BLACK),
    short(TAG.samplesPerPixel, samples),
    { tag: ROWS_PER_STRIP, type: 'long', value: [rows] },
    short(TAG.planarConfiguration, CHUNKY),
    short(TAG.sampleFormat, ...each(isFloat(type) ? 3 : isUnsigned(type) ? 1 : 2)),
    ...(extra.length === 0 ? [] : [short(TAG.extraSamples, ...extra)]),
  ];
}

function assemble(entries: readonly TiffEntry[], strips: readonly Uint8Array[]): Uint8Array {
  const offsets = new Float64Array(strips.length);
  const tags: TiffEntry[] = [
    ...entries,
    { tag: STRIP_OFFSETS, type: 'long', value: offsets },
    { tag: STRIP_BYTE_COUNTS, type: 'long', value: strips.map((bytes) => bytes.length) },
  ];
  let at = TIFF_HEADER_BYTES.classic + ifdSize(tags);
  strips.forEach((bytes, i) => {
    offsets[i] = at;
    at += bytes.length;
  });
  return Buffer.concat([
    tiffHeader('classic', TIFF_HEADER_BYTES.classic),
    writeIfd(tags, TIFF_HEADER_BYTES.classic, 0),
    ...strips,
  ]);
}
