import { newArray } from '../../../windows/block-spec.js';
import { toPixel } from '../kernel/number-types.js';
import type { Resampler } from './chunk.js';

/** Binomial weights: 3, 5 or 7 pixels wide, by the factor of the reduction. */
const WEIGHTS: readonly (readonly number[])[] = [
  [1, 2, 1],
  [1, 4, 6, 4, 1],
  [1, 6, 15, 20, 15, 6, 1],
];

interface Taps {
  readonly first: number;
  readonly end: number;
  /** Weights that fall off the chunk's beginning. */
  readonly skip: number;
}

/** GDAL's gauss. */
export const gauss: Resampler = (chunk, values, mask, type, nodata) => {
  const out = newArray(type, chunk.outWidth * chunk.outHeight);
  const factorX = Math.trunc(0.5 + chunk.ratioX);
  const factorY = Math.trunc(0.5 + chunk.ratioY);
  const size = factorX <= 2 && factorY <= 2 ? 0 : factorX <= 4 && factorY <= 4 ? 1 : 2;
  const weights = WEIGHTS[size] as readonly number[];
  const across = taps(chunk.outX, chunk.outWidth, chunk.ratioX, chunk.x, chunk.width, weights.length);
  const down = taps(chunk.outY, chunk.outHeight, chunk.ratioY, chunk.y, chunk.height, weights.length);
  let at = 0;
  for (const rows of down) {
    for (const columns of across) {
      let sum = 0;
      let total = 0;
      for (let row = rows.first; row < rows.end; row++) {
        const weightY = weights[row - rows.first + rows.skip] as number;
        for (let column = columns.first; column < columns.end; column++) {
          const from = row * chunk.width + column;
          if (mask !== null && mask[from] === 0) continue;
          const weight = weightY * (weights[column - columns.first + columns.skip] as number);
          sum += (values[from] as number) * weight;
          total += weight;
        }
      }
      out[at] = total === 0 ? (nodata ?? 0) : toPixel(Math.fround(sum / total), type);
      at += 1;
    }
  }
  return out;
};

function taps(
  out: number,
  count: number,
  ratio: number,
  chunkFirst: number,
  chunkCount: number,
  size: number,
): Taps[] {
  return Array.from({ length: count }, (_, i) => {
    let first = Math.trunc(0.5 + (out + i) * ratio);
    let end = Math.trunc(0.5 + (out + i + 1) * ratio) + 1;
    if (first < chunkFirst) {
      first = chunkFirst;
      end += 1;
    }
    first = first + ((end - first) >> 1) - (size >> 1);
    end = Math.min(first + size, chunkFirst + chunkCount);
    const skip = Math.max(0, chunkFirst - first);
    return { first: first + skip - chunkFirst, end: end - chunkFirst, skip };
  });
}
