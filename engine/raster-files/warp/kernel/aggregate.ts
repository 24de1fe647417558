import type { NumberArray } from '../../dataset.js';
import type { FilterScale } from './filter-scale.js';
import type { SourceWindow } from './source-window.js';
import type { WarpTask } from './warp-task.js';

/** True where valid source pixels lie under the target pixel's box (in pixels of the window); then `value()` is theirs. */
export interface Aggregator {
  (band: NumberArray, minX: number, maxX: number, minY: number, maxY: number): boolean;
  value(): number;
}

const EDGE = 1e-10;
/** Target pixels: nearer to both ends of the window than this, GDAL takes a pixel to reach around the antimeridian. */
const WHOLE = 2;
/** Of the sorted values, by GDAL's names. */
const QUANTILES: Readonly<Record<string, number>> = { q1: 0.25, med: 0.5, q3: 0.75 };

/** GDAL's average, rms, mode, min, max and quantiles over what a target pixel covers (GWKAverageOrModeThread). */
export function aggregator(task: WarpTask, window: SourceWindow, scale: FilterScale): Aggregator {
  const { pixels, resampling } = task;
  const { valid, density } = pixels;
  const { width, height } = window;
  const stride = pixels.width;
  const origin = (window.y - pixels.y) * stride + window.x - pixels.x;
  const collector = collectorOf(resampling);
  const marginX = 2 * Math.max(1, Math.ceil(1 / scale.x));
  const marginY = 2 * Math.max(1, Math.ceil(1 / scale.y));
  const whole = Math.min(WHOLE, Math.trunc(width / 10));
  const aggregate = (band: NumberArray, x0: number, x1: number, y0: number, y1: number): boolean => {
    // Written so that NaN is outside.
    if (!(x0 >= -marginX && y0 >= -marginY && x1 - width <= marginX && y1 - height <= marginY)) return false;
    const wraps = window.x === 0 && x0 * scale.x < whole && (width - x1) * scale.x < whole;
    const minX = wraps ? x1 : x0;
    const maxX = wraps ? x0 + width : x1;
    if (!(maxX > -EDGE && minX < width + EDGE && y1 > -EDGE && y0 < height + EDGE)) return false;
    const left = Math.max(0, Math.floor(minX + EDGE));
    const top = Math.max(0, Math.floor(y0 + EDGE));
    let right = wraps ? Math.ceil(maxX - EDGE) : Math.min(Math.ceil(maxX - EDGE), width);
    let bottom = Math.min(Math.ceil(y1 - EDGE), height);
    if (left === right && right < width) right += 1;
    if (top === bottom && bottom < height) bottom += 1;
    collector.clear();
    for (let row = top; row < bottom; row++) {
      const down = share(row, top, bottom, y0, y1);
      for (let column = left; column < right; column++) {
        const at = origin + row * stride + (wraps ? column % width : column);
        if (valid !== null && valid[at] === 0) continue;
        if (density !== null && !((density[at] as number) > EDGE)) continue;
        collector.add(band[at] as number, down * share(column, left, right, minX, maxX));
      }
    }
    return collector.any();
  };
  return Object.assign(aggregate, { value: () => collector.value() });
}

/** How much a source pixel counts, along one axis; at the window's edge with what of the target pixel lies beyond it. */
function share(at: number, first: number, end: number, min: number, max: number): number {
  if (at === first) return first + 1 === end ? 1 : 1 - (min - first);
  return at + 1 === end ? 1 - (end - max) : 1;
}

interface Collector {
  clear(): void;
  add(value: number, weight: number): void;
  any(): boolean;
  value(): number;
}

function collectorOf(resampling: WarpTask['resampling']): Collector {
  if (resampling === 'mode') return mode();
  const quantile = QUANTILES[resampling];
  if (quantile !== undefined) return quantiles(quantile);
  if (resampling === 'min' || resampling === 'max') return extreme(resampling === 'min' ? 1 : -1);
  return weighted(resampling);
}

function weighted(resampling: WarpTask['resampling']): Collector {
  let sum = 0;
  let total = 0;
  return {
    clear: () => {
      sum = 0;
      total = 0;
    },
    add: (value, weight) => {
      sum += (resampling === 'rms' ? value * value : value) * weight;
      total += weight;
    },
    any: () => total > 0,
    value: () => (resampling === 'rms' ? Math.sqrt(sum / total) : sum / total),
  };
}

function extreme(sign: 1 | -1): Collector {
  let best = Infinity;
  let count = 0;
  return {
    clear: () => {
      best = Infinity;
      count = 0;
    },
    add: (value) => {
      count += 1;
      if (sign * value < best) best = sign * value;
    },
    any: () => count > 0,
    value: () => sign * best,
  };
}

function quantiles(quantile: number): Collector {
  let values: number[] = [];
  return {
    clear: () => {
      values = [];
    },
    add: (value) => values.push(value),
    any: () => values.length > 0,
    value: () => {
      values.sort((a, b) => a - b);
      return values[Math.max(0, Math.ceil(quantile * values.length - 1))] as number;
    },
  };
}

/** The first value that reaches the highest count; in single precision, as GDAL lists what it has too many values of to count in bins. */
function mode(): Collector {
  const counts = new Map<number, number>();
  let best = NaN;
  let most = 0;
  return {
    clear: () => {
      counts.clear();
      most = 0;
    },
    add: (given) => {
      const value = Math.fround(given);
      const count = (counts.get(value) ?? 0) + 1;
      counts.set(value, count);
      if (count > most) {
        most = count;
        best = value;
      }
    },
    any: () => most > 0,
    value: () => best,
  };
}
