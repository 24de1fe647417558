import { newArray } from '../../../windows/block-spec.js';
import { isFloat, type DataType } from '../../../windows/cog-header.js';
import * as filters from '../kernel/filters.js';
import type { Filter } from '../kernel/filters.js';
import { RANGE, replacement, toPixel } from '../kernel/number-types.js';
import type { Resampler } from './chunk.js';
import type { Resampling } from '../../read.js';

interface Kernel {
  readonly filter: Filter;
  readonly radius: number;
  /** With a mask, half of the samples of a line must count one after another. */
  readonly strict: boolean;
}

const BILINEAR: Kernel = { filter: filters.bilinear, radius: 1, strict: false };

function kernelOf(resampling: Resampling): Kernel {
  if (resampling === 'cubic') return { filter: filters.cubic, radius: 2, strict: true };
  if (resampling === 'cubic_spline') return { filter: filters.cubicSpline, radius: 2, strict: false };
  return resampling === 'lanczos' ? { filter: filters.lanczos, radius: 3, strict: true } : BILINEAR;
}

/** Samples of one output pixel along an axis. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function taps(
  kernel: Kernel,
  out: number,
  count: number,
  ratio: number,
  delta: number,
  chunkFirst: number,
  chunkCount: number,
): Taps[] {
  const scale = Math.min(1, 1 / ratio);
  const reach = kernel.radius / scale;
  return Array.from({ length: count }, (_, i) => {
    const centre = (out + i + 0.5) * ratio + delta;
    const first = Math.max(Math.floor(centre - reach + 0.5), chunkFirst);
    const end = Math.min(Math.trunc(centre + reach + 0.5), chunkFirst + chunkCount);
    const weights = new Float64Array(Math.max(0, end - first));
    for (let j = 0; j < weights.length; j++) weights[j] = kernel.filter(scale * (first + j - centre + 0.5));
    return { first: first - chunkFirst, weights };
  });
}

/** GDAL's bilinear, cubic, cubic spline and Lanczos over rows, then over columns; stretched where the output is coarser. */
export const convolution: Resampler = (chunk, values, mask, type, nodata, resampling) => {
  const kernel = kernelOf(resampling);
  const across = taps(kernel, chunk.outX, chunk.outWidth, chunk.ratioX, chunk.deltaX, chunk.x, chunk.width);
  const down = taps(kernel, chunk.outY, chunk.outHeight, chunk.ratioY, chunk.deltaY, chunk.y, chunk.height);
  const lines = new Float64Array(chunk.height * chunk.outWidth);
  const counts = mask === null ? null : new Uint8Array(lines.length);
  const mean = new MaskedMean();
  for (let i = 0; i < across.length; i++) {
    const { first, weights } = across[i] as Taps;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const over = total === 0 ? 1 : 1 / total;
    for (let row = 0; row < chunk.height; row++) {
      const start = row * chunk.width + first;
      const at = row * chunk.outWidth + i;
      if (mask === null || counts === null) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++)
          sum += (values[start + j] as number) * (weights[j] as number);
        lines[at] = sum * over;
      } else {
        const found = mean.of(values, mask, start, 1, weights, kernel.strict);
        lines[at] = found ? mean.value : 0;
        counts[at] = found ? 1 : 0;
      }
    }
  }
  const out = newArray(type, chunk.outWidth * chunk.outHeight);
  for (let j = 0; j < down.length; j++) {
    const { first, weights } = down[j] as Taps;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const over = total === 0 ? 1 : 1 / total;
    for (let column = 0; column < chunk.outWidth; column++) {
      const start = first * chunk.outWidth + column;
      const at = j * chunk.outWidth + column;
      if (counts === null) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) {
          sum += (lines[start + i * chunk.outWidth] as number) * (weights[i] as number);
        }
        out[at] = finish(sum * over, type, nodata);
      } else {
        const found = mean.of(lines, counts, start, chunk.outWidth, weights, kernel.strict);
        out[at] = found ? finish(mean.value, type, nodata) : (nodata ?? 0);
      }
    }
  }
  return out;
};

/** The weighted mean of the samples that count. */
class MaskedMean {
  value = 0;

  /** @returns false where there are none, or too few: then it has no value */
  of(
    values: ArrayLike<number>,
    mask: Uint8Array,
    start: number,
    stride: number,
    weights: Float64Array,
    strict: boolean,
  ): boolean {
    let sum = 0;
    let total = 0;
    let inRow = 0;
    let longest = 0;
    for (let i = 0; i < weights.length; i++) {
      const at = start + i * stride;
      const counts = mask[at] as number;
      inRow = counts === 0 ? 0 : inRow + 1;
      if (inRow > longest) longest = inRow;
      const weight = (weights[i] as number) * counts;
      // Also of what does not count, as GDAL: where a sample is NaN, the mean is too.
      sum += (values[at] as number) * weight;
      total += weight;
    }
    if (!(total > 0) || (strict && longest < Math.trunc(weights.length / 2))) return false;
    this.value = sum / total;
    return true;
  }
}

/** What GDAL works out in double precision, GDALGetOvrWorkDataType; the others in single. */
function isDouble(type: DataType): boolean {
  return type === 'int32' || type === 'uint32' || type === 'float64';
}

function finish(value: number, type: DataType, nodata: number | null): number {
  const worked = isDouble(type) ? value : Math.fround(value);
  if (nodata === null) return toPixel(worked, type);
  const [min, max] = RANGE[type];
  const clamped = isFloat(type) ? worked : Math.round(Math.min(max, Math.max(min, worked)));
  return clamped === nodata ? replacement(nodata, type) : toPixel(worked, type);
}
