import type { NumberArray } from '../../dataset.js';
import type { SourceWindow } from './source-window.js';
import type { WarpTask } from './warp-task.js';

/** True where a valid source pixel lies under the target pixel's box (in pixels of the window); then `value()` is it. */
export interface Aggregator {
  (band: NumberArray, minX: number, maxX: number, minY: number, maxY: number): boolean;
  value(): number;
}

const EDGE = 1e-10;
/** Of the sorted values, by GDAL's names. */
const QUANTILES: Readonly<Record<string, number>> = { q1: 0.25, med: 0.5, q3: 0.75 };

/** GDAL's average, rms, sum, mode, min, max and quantiles over what a target pixel covers (GWKAverageOrModeThread). */
export function aggregator(task: WarpTask, window: SourceWindow): Aggregator {
  const { pixels, resampling } = task;
  const { valid, density } = pixels;
  const stride = pixels.width;
  const origin = (window.y - pixels.y) * stride + window.x - pixels.x;
  const collector = collectorOf(resampling, task.type);
  const aggregate = (band: NumberArray, x0: number, x1: number, y0: number, y1: number): boolean => {
    const minX = Math.max(x0, 0);
    const maxX = Math.min(x1, window.width);
    const minY = Math.max(y0, 0);
    const maxY = Math.min(y1, window.height);
    const left = Math.floor(minX + EDGE);
    const top = Math.floor(minY + EDGE);
    const right = Math.ceil(maxX - EDGE);
    const bottom = Math.ceil(maxY - EDGE);
    collector.clear();
    for (let row = top; row < bottom; row++) {
      const down = share(row, top, bottom, minY, maxY);
      for (let column = left; column < right; column++) {
        const at = origin + row * stride + column;
        if (valid !== null && valid[at] === 0) continue;
        if (density !== null && !((density[at] as number) > EDGE)) continue;
        collector.add(band[at] as number, down * share(column, left, right, minX, maxX));
      }
    }
    return collector.any();
  };
  return Object.assign(aggregate, { value: () => collector.value() });
}

/** How much of a source pixel lies under the box, along one axis. */
function share(at: number, first: number, end: number, min: number, max: number): number {
  if (at === first) return first + 1 === end ? max - min : 1 - (min - first);
  return at + 1 === end ? 1 - (end - max) : 1;
}

interface Collector {
  clear(): void;
  add(value: number, weight: number): void;
  any(): boolean;
  value(): number;
}

function collectorOf(resampling: WarpTask['resampling'], type: WarpTask['type']): Collector {
  if (resampling === 'mode') {
    return type === 'uint8' || type === 'int16' || type === 'uint16' || type === 'int8'
      ? countedMode()
      : listedMode();
  }
  const quantile = QUANTILES[resampling];
  if (quantile !== undefined) return quantiles(quantile);
  if (resampling === 'min' || resampling === 'max') return extreme(resampling === 'min' ? 1 : -1);
  return weighted(resampling);
}

function weighted(resampling: WarpTask['resampling']): Collector {
  let sum = 0;
  let total = 0;
  let count = 0;
  return {
    clear: () => {
      sum = 0;
      total = 0;
      count = 0;
    },
    add: (value, weight) => {
      sum += (resampling === 'rms' ? value * value : value) * weight;
      total += weight;
      count += 1;
    },
    any: () => (resampling === 'sum' ? count > 0 : total > 0),
    value: () => {
      if (resampling === 'sum') return sum;
      return resampling === 'rms' ? Math.sqrt(sum / total) : sum / total;
    },
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

/** The first value that reaches the highest count. */
function countedMode(): Collector {
  const counts = new Map<number, number>();
  let best = NaN;
  let most = 0;
  return {
    clear: () => {
      counts.clear();
      most = 0;
    },
    add: (value) => {
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

/**
 * GDAL's list for types with too many values to count in bins: a value that is found again without becoming the most frequent is
 * entered once more, so that its count is split.
 */
function listedMode(): Collector {
  const values: number[] = [];
  const counts: number[] = [];
  let best = -1;
  return {
    clear: () => {
      values.length = 0;
      counts.length = 0;
      best = -1;
    },
    add: (given) => {
      const value = Math.fround(given);
      for (let i = 0; i < values.length; i++) {
        if (values[i] !== value) continue;
        counts[i] = (counts[i] as number) + 1;
        if ((counts[i] as number) > (counts[best] as number)) {
          best = i;
          return;
        }
      }
      values.push(value);
      counts.push(1);
      if (best < 0) best = values.length - 1;
    },
    any: () => best >= 0,
    value: () => values[best] as number,
  };
}
