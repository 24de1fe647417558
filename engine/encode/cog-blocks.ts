import { constants, deflate } from 'node:zlib';
import { promisify } from 'node:util';
import { predict, type BlockSamples } from './predictor.js';

const deflateAsync = promisify(deflate);

/** What a COG can hold: band-sequential, row-major; `Raster` is one of these. */
export interface CogRaster {
  /** Length bands · height · width. */
  readonly data: BlockSamples;
  readonly bands: number;
  readonly width: number;
  readonly height: number;
  readonly nodata: number | null;
  /** 0 is not valid, anything else is; length width · height. */
  readonly mask?: Uint8Array;
}

export interface BlockGrid {
  readonly size: number;
  readonly across: number;
  readonly down: number;
}

export function blockGrid(width: number, height: number, size: number): BlockGrid {
  return { size, across: Math.ceil(width / size), down: Math.ceil(height / size) };
}

const emptyLike = (data: BlockSamples, length: number): BlockSamples =>
  new (data.constructor as new (length: number) => BlockSamples)(length);

/**
 * The pixel-interleaved samples of one block. What lies beyond the image repeats its last column and row: readers never
 * show it, and it costs least after the predictor.
 */
export function cutBlock(raster: CogRaster, size: number, column: number, row: number): BlockSamples {
  const { data, bands, width, height } = raster;
  const out = emptyLike(data, size * size * bands);
  const x0 = column * size;
  const y0 = row * size;
  const columns = Math.min(size, width - x0);
  for (let band = 0; band < bands; band++) {
    for (let y = 0; y < size; y++) {
      const from = (band * height + Math.min(y0 + y, height - 1)) * width + x0;
      let to = y * size * bands + band;
      if (bands === 1) out.set(data.subarray(from, from + columns), to);
      else for (let x = 0; x < columns; x++) out[to + x * bands] = data[from + x] as number;
      const last = data[from + columns - 1] as number;
      to += columns * bands;
      for (let x = columns; x < size; x++, to += bands) out[to] = last;
    }
  }
  return out;
}

/** One bit a pixel, most significant first, 1 is valid; rows start on bytes; beyond the image 0. */
export function cutMask(raster: CogRaster, size: number, column: number, row: number): Uint8Array {
  const { mask, width, height } = raster;
  const out = new Uint8Array((size / 8) * size);
  if (mask === undefined) return out;
  const columns = Math.min(size, width - column * size);
  const rows = Math.min(size, height - row * size);
  for (let y = 0; y < rows; y++) {
    const from = (row * size + y) * width + column * size;
    const to = (y * size) / 8;
    for (let x = 0; x < columns; x++) {
      if (mask[from + x] !== 0) out[to + (x >> 3)] = (out[to + (x >> 3)] as number) | (0x80 >> (x & 7));
    }
  }
  return out;
}

/** True where every value reads the same as a block that is not there: nodata, or 0 where none is set. */
export function isBlank(samples: BlockSamples, nodata: number | null): boolean {
  const blank = nodata ?? 0;
  return Number.isNaN(blank)
    ? samples.every((value) => Number.isNaN(value))
    : samples.every((value) => value === blank);
}

export interface BlockCoding {
  readonly predictor: 1 | 2 | 3;
  /** zlib's 0 to 9. */
  readonly level: number;
}

/** DEFLATE with zlib's header (TIFF compression 8), on libuv's threads. */
export async function compressBlock(
  samples: BlockSamples,
  size: number,
  bands: number,
  coding: BlockCoding,
): Promise<Uint8Array> {
  return deflateAsync(predict(samples, coding.predictor, size, bands), {
    level: coding.level,
    memLevel: constants.Z_MAX_MEMLEVEL,
    chunkSize: 64 * 1024,
  });
}
