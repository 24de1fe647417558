import type { Raster, RasterData } from '../raster.js';
import type { StripShape } from './cog-stream-level.js';

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array } as const;
type ArrayOver = new (buffer: SharedArrayBuffer, start: number, length: number) => RasterData;

/** Bytes of some rows of a picture, its mask among them. */
export function stripBytes(
  { width, bands, format, masked }: Omit<StripShape, 'height'>,
  rows: number,
): number {
  return width * rows * (bands * ARRAYS[format].BYTES_PER_ELEMENT + (masked ? 1 : 0));
}

/**
 * Rows of a picture in memory that threads share, nothing in them yet.
 * @param before of the same picture, at least as high: its memory is taken
 */
export function sharedStrip(shape: StripShape, rows: number, before: Raster | null = null): Raster {
  const { width, bands, format, nodata, masked } = shape;
  const array = ARRAYS[format];
  const values = bands * width * rows;
  const mask = masked ? new Uint8Array(memory(before?.mask, width * rows), 0, width * rows) : undefined;
  const buffer = memory(before?.data, values * array.BYTES_PER_ELEMENT);
  const data = new (array as ArrayOver)(buffer, 0, values);
  return { data, bands, width, height: rows, nodata, ...(mask === undefined ? {} : { mask }) };
}

/** Nodata everywhere, 0 where there is none; nothing valid in the mask. */
export function clearStrip({ data, nodata, mask }: Raster): void {
  data.fill(nodata ?? 0);
  mask?.fill(0);
}

function memory(before: RasterData | undefined, bytes: number): SharedArrayBuffer {
  const buffer = before?.buffer;
  return buffer instanceof SharedArrayBuffer && buffer.byteLength >= bytes
    ? buffer
    : new SharedArrayBuffer(bytes);
}
