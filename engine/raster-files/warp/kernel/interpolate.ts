import type { NumberArray } from '../../dataset.js';
import type { FilterScale } from './filter-scale.js';
import * as filters from './filters.js';
import type { Filter } from './filters.js';
import type { SourceWindow } from './source-window.js';
import type { WarpTask } from './warp-task.js';

const DENSITY_THRESHOLD = 1e-9;

/** Value at a place of the window (pixel centres at .5); NaN with `missing()` where no valid source pixel has weight. */
export interface Interpolator {
  (band: NumberArray, x: number, y: number): number;
  missing(): boolean;
}

/** GDAL's bilinear, cubic, cubic spline and Lanczos, with its four- and sixteen-sample forms where nothing is reduced. */
export function interpolator(task: WarpTask, window: SourceWindow, scale: FilterScale): Interpolator {
  const samples = new Samples(task, window);
  const whole = scale.x >= 0.95 && scale.y >= 0.95;
  let sample: (band: NumberArray, x: number, y: number) => number;
  const plain = isPlain(task, samples);
  const narrow = window.width === 1 || window.height === 1;
  if (narrow && !plain) sample = (band, x, y) => samples.at(band, x, y);
  else if (task.resampling === 'bilinear' && whole) sample = (band, x, y) => samples.bilinear(band, x, y);
  else if (task.resampling === 'cubic' && whole) sample = (band, x, y) => samples.cubic(band, x, y);
  else if (task.resampling === 'lanczos') sample = lanczos(samples, scale);
  else if (plain && (scale.radiusX > window.width || scale.radiusY > window.height))
    sample = (band, x, y) => samples.bilinear(band, x, y);
  else sample = filtered(samples, scale, filterOf(task.resampling));
  return Object.assign(sample, { missing: () => samples.missed });
}

/** Where GDAL goes a way of its own, of some types, as there is nothing that a mask of source or target could say. */
function isPlain({ resampling, type, nodata }: WarpTask, samples: Samples): boolean {
  if (samples.masked || nodata !== null || resampling === 'lanczos') return false;
  if (type === 'float32') return resampling !== 'cubic_spline';
  return type === 'uint8' || type === 'int16' || type === 'uint16';
}

function filterOf(resampling: WarpTask['resampling']): Filter {
  if (resampling === 'bilinear') return filters.bilinear;
  return resampling === 'cubic' ? filters.cubic : filters.cubicSpline;
}

/** A window of the source pixels, with what is valid in it. */
class Samples {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly origin: number;
  readonly valid: Uint8Array | null;
  readonly density: Float32Array | null;
  missed = false;

  constructor({ pixels }: WarpTask, window: SourceWindow) {
    this.width = window.width;
    this.height = window.height;
    this.stride = pixels.width;
    this.origin = (window.y - pixels.y) * pixels.width + window.x - pixels.x;
    this.valid = pixels.valid;
    this.density = pixels.density;
  }

  get masked(): boolean {
    return this.valid !== null || this.density !== null;
  }

  /** 0 where the pixel does not count. */
  weight(at: number): number {
    if (this.valid !== null && this.valid[at] === 0) return 0;
    return this.density === null ? 1 : (this.density[at] as number);
  }

  miss(): number {
    this.missed = true;
    return NaN;
  }

  at(band: NumberArray, x: number, y: number): number {
    this.missed = false;
    const column = Math.min(this.width - 1, Math.trunc(x + 1e-10));
    const row = Math.min(this.height - 1, Math.trunc(y + 1e-10));
    return band[this.origin + row * this.stride + column] as number;
  }

  bilinear(band: NumberArray, x: number, y: number): number {
    this.missed = false;
    let column = Math.floor(x - 0.5);
    let row = Math.floor(y - 0.5);
    let ratioX = 1.5 - (x - column);
    let ratioY = 1.5 - (y - row);
    const { width, height, stride } = this;
    if (!this.masked && column >= 0 && row >= 0 && column + 1 < width && row + 1 < height) {
      const at = this.origin + row * stride + column;
      return (
        ((band[at] as number) * ratioX + (band[at + 1] as number) * (1 - ratioX)) * ratioY +
        ((band[at + stride] as number) * ratioX + (band[at + stride + 1] as number) * (1 - ratioX)) *
          (1 - ratioY)
      );
    }
    if (column === -1) {
      column = 0;
      ratioX = 1;
    }
    if (row === -1) {
      row = 0;
      ratioY = 1;
    }
    let sum = 0;
    let divisor = 0;
    for (let j = 0; j < 2; j++) {
      if (row + j >= height) break;
      for (let i = 0; i < 2; i++) {
        if (column + i >= width) break;
        const at = this.origin + (row + j) * stride + column + i;
        if (this.weight(at) <= DENSITY_THRESHOLD) continue;
        const weight = (i === 0 ? ratioX : 1 - ratioX) * (j === 0 ? ratioY : 1 - ratioY);
        divisor += weight;
        sum += (band[at] as number) * weight;
      }
    }
    if (divisor < 0.00001) return this.miss();
    return divisor === 1 ? sum : sum / divisor;
  }

  cubic(band: NumberArray, x: number, y: number): number {
    const column = Math.trunc(x - 0.5);
    const row = Math.trunc(y - 0.5);
    const { stride } = this;
    if (column - 1 < 0 || column + 2 >= this.width || row - 1 < 0 || row + 2 >= this.height) {
      return this.bilinear(band, x, y);
    }
    const start = this.origin + (row - 1) * stride + column - 1;
    if (this.masked && !this.allCount(start)) return this.bilinear(band, x, y);
    this.missed = false;
    const dx = x - 0.5 - column;
    const half = 0.5 * dx;
    const halfSquare = half * dx;
    const w0 = half * (-1 + dx * (2 - dx));
    const w1 = 1 + halfSquare * (-5 + 3 * dx);
    const w2 = half * (1 + dx * (4 - 3 * dx));
    const w3 = halfSquare * (-1 + dx);
    const line = (at: number): number =>
      w0 * (band[at] as number) +
      w1 * (band[at + 1] as number) +
      w2 * (band[at + 2] as number) +
      w3 * (band[at + 3] as number);
    const f0 = line(start);
    const f1 = line(start + stride);
    const f2 = line(start + 2 * stride);
    const f3 = line(start + 3 * stride);
    const dy = y - 0.5 - row;
    return (
      f1 +
      0.5 *
        (dy * (f2 - f0) +
          dy * dy * (2 * f0 - 5 * f1 + 4 * f2 - f3) +
          dy * dy * dy * (3 * (f1 - f2) + f3 - f0))
    );
  }

  private allCount(start: number): boolean {
    for (let j = 0; j < 4; j++) {
      for (let i = 0; i < 4; i++) {
        if (this.weight(start + j * this.stride + i) < DENSITY_THRESHOLD) return false;
      }
    }
    return true;
  }
}

/** A separable filter, stretched where the target is coarser than the source. */
function filtered(
  samples: Samples,
  scale: FilterScale,
  filter: Filter,
): (band: NumberArray, x: number, y: number) => number {
  const { width, height, stride, origin } = samples;
  const scaleX = Math.min(scale.x, 1);
  const scaleY = Math.min(scale.y, 1);
  const weights = new Float64Array(2 * scale.radiusX + 2);
  const masked = samples.masked;
  return (band, x, y) => {
    samples.missed = false;
    const column = Math.floor(x - 0.5);
    const row = Math.floor(y - 0.5);
    const dx = x - 0.5 - column;
    const dy = y - 0.5 - row;
    const left = Math.max(1 - scale.radiusX, -column);
    const right = Math.min(scale.radiusX, width - 1 - column);
    const top = Math.max(1 - scale.radiusY, -row);
    const bottom = Math.min(scale.radiusY, height - 1 - row);
    for (let i = left; i <= right; i++) weights[i - left] = filter((i - dx) * scaleX);
    let sum = 0;
    let total = 0;
    for (let j = top; j <= bottom; j++) {
      const start = origin + (row + j) * stride + column + left;
      let lineSum = 0;
      let lineTotal = 0;
      for (let i = 0; i <= right - left; i++) {
        if (masked && samples.weight(start + i) < DENSITY_THRESHOLD) continue;
        const weight = weights[i] as number;
        lineSum += (band[start + i] as number) * weight;
        lineTotal += weight;
      }
      const weight = filter((j - dy) * scaleY);
      sum += lineSum * weight;
      total += lineTotal * weight;
    }
    if (total < 0.000001) return samples.miss();
    return sum / total;
  };
}

/** With a mask, half of the samples must count. */
function lanczos(samples: Samples, scale: FilterScale): (band: NumberArray, x: number, y: number) => number {
  const { width, height, stride, origin } = samples;
  const weightsX = new Float64Array(2 * scale.radiusX + 2);
  const masked = samples.masked;
  return (band, x, y) => {
    samples.missed = false;
    const column = Math.floor(x - 0.5);
    const row = Math.floor(y - 0.5);
    const dx = x - 0.5 - column;
    const dy = y - 0.5 - row;
    const scaleX = Math.min(scale.x, 1);
    const scaleY = Math.min(scale.y, 1);
    let left = Math.max(-scale.radiusX, -column);
    let right = Math.min(scale.radiusX, width - 1 - column);
    let top = Math.max(-scale.radiusY, -row);
    let bottom = Math.min(scale.radiusY, height - 1 - row);
    while ((left - dx) * scaleX < -3) left += 1;
    while ((right - dx) * scaleX > 3) right -= 1;
    while ((top - dy) * scaleY < -3) top += 1;
    while ((bottom - dy) * scaleY > 3) bottom -= 1;
    for (let i = left; i <= right; i++) weightsX[i - left] = filters.lanczos((i - dx) * scaleX);
    let sum = 0;
    let total = 0;
    let counted = 0;
    for (let j = top; j <= bottom; j++) {
      const start = origin + (row + j) * stride + column + left;
      const weightY = filters.lanczos((j - dy) * scaleY);
      for (let i = 0; i <= right - left; i++) {
        if (masked && samples.weight(start + i) < DENSITY_THRESHOLD) continue;
        counted += 1;
        const weight = weightY * (weightsX[i] as number);
        sum += (band[start + i] as number) * weight;
        total += weight;
      }
    }
    const half = Math.trunc(((bottom - top + 1) * (right - left + 1)) / 2);
    if (total < 0.000001 || (masked && counted < half)) return samples.miss();
    return sum / total;
  };
}
