import type { DataType } from '../../../windows/cog-header.js';
import type { NumberArray } from '../../dataset.js';
import type { Resampling } from '../../read.js';

/** Source pixels in memory, and the part of the output that is made of them. */
export interface Chunk {
  /** Of the source pixels, in the coordinates that output · ratio + delta is in. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ratioX: number;
  readonly ratioY: number;
  readonly deltaX: number;
  readonly deltaY: number;
  readonly outX: number;
  readonly outY: number;
  readonly outWidth: number;
  readonly outHeight: number;
}

/**
 * @param mask 0: does not count; of a convolution, its weight
 * @param nodata what a pixel becomes that none counts for, and what no other pixel may become; null: 0
 * @returns outWidth × outHeight values of `type`
 */
export type Resampler = (
  chunk: Chunk,
  values: NumberArray,
  mask: Uint8Array | null,
  type: DataType,
  nodata: number | null,
  resampling: Resampling,
) => NumberArray;

/** Source pixels [first, end) under one output pixel, the shares of the first and the last. */
export interface Span {
  readonly first: number;
  readonly end: number;
  readonly firstShare: number;
  readonly lastShare: number;
}

const EDGE = 1e-8;

/** Of each output pixel along one axis; first and end count from the chunk's first pixel. */
export function spans(
  out: number,
  count: number,
  ratio: number,
  delta: number,
  chunkFirst: number,
  chunkCount: number,
): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const from = delta + (out + i) * ratio;
    const to = delta + (out + i + 1) * ratio;
    let first = Math.trunc(from + EDGE);
    let end = Math.trunc(Math.ceil(to - EDGE));
    if (first < chunkFirst) first = chunkFirst;
    if (end === first) end += 1;
    if (end > chunkFirst + chunkCount) end = chunkFirst + chunkCount;
    const alone = first + 1 >= end;
    return {
      first: first - chunkFirst,
      end: end - chunkFirst,
      firstShare: alone ? 1 : 1 - (from - first),
      lastShare: 1 - (end - to),
    };
  });
}
