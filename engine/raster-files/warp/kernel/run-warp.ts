import { GeoCropError } from '../../../errors.js';
import type { NumberArray } from '../../dataset.js';
import { coordinateTransform } from '../grid/coordinate-transform.js';
import { aggregator } from './aggregate.js';
import { LineApproximation } from './approximate-line.js';
import { filterScale } from './filter-scale.js';
import { interpolator } from './interpolate.js';
import type { PixelTransform } from './pixel-transform.js';
import { pixelTransform } from './pixel-transform.js';
import { spread } from './spread.js';
import type { Part, Target } from './target.js';
import { columnsInBlock, eachRow, finished, mark, newTarget, partOf, store } from './target.js';
import type { WarpBlock, WarpTask, Warped } from './warp-task.js';
import { EDGE, WindowEdge } from './window-edge.js';

/** Source pixels of less weight count as missing. */
const DENSITY_THRESHOLD = 1e-9;
/** Below it the nearest pixel is not taken. */
const LEAST_DENSITY = 0.0001;

/** Warps: what GDALWarpKernel does, block by block, for the wanted pixels only. */
export function runWarp(task: WarpTask): Warped {
  const target = newTarget(task, isTogether(task));
  const { source } = task;
  const transform = pixelTransform(
    task.target.transform,
    coordinateTransform(task.target.crs, source.crs),
    source.transform,
  );
  for (const block of task.blocks) {
    if (block.window.width === 0 || block.window.height === 0) continue;
    const part = partOf(task, block);
    if (part.columnFrom >= part.columnTo || part.rowFrom >= part.rowTo) continue;
    if (task.resampling === 'nearest') warpNearest(task, block, part, transform, target);
    else if (task.resampling === 'sum') warpSum(task, block, part, target);
    else if (isInterpolation(task.resampling)) warpInterpolated(task, block, part, transform, target);
    else warpAggregated(task, block, part, transform, target);
  }
  return finished(task, target);
}

/** Of several bands, GDAL's loop for the nearest keeps a band's nodata where another band has a value; the other loops do not. */
function isTogether({ manyBands, nodata, resampling }: WarpTask): boolean {
  return manyBands && nodata !== null && resampling === 'nearest';
}

function warpNearest(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  target: Target,
): void {
  const { pixels } = task;
  const { window, rect } = block;
  const line = new LineApproximation(transform);
  const edge = new WindowEdge(transform, window, rect.x);
  const wanted = columnsInBlock(task, block, part);
  const count = wanted.length;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const from = new Int32Array(count);
  const right = window.x + window.width;
  const bottom = window.y + window.height;
  const stride = pixels.width;
  eachRow(task, part, target, (row, at) => {
    line.run(rect.x + 0.5, rect.width, row + 0.5, wanted, 0, count, x, y, 0);
    edge.settle(x, y, wanted, row);
    for (let i = 0; i < count; i++) {
      const px = x[i] as number;
      const py = y[i] as number;
      if (Number.isNaN(px)) {
        from[i] = -1;
        continue;
      }
      let column = Math.trunc(px + EDGE);
      let line = Math.trunc(py + EDGE);
      if (column === right) column -= 1;
      if (line === bottom) line -= 1;
      from[i] = (line - pixels.y) * stride + column - pixels.x;
    }
    if (pixels.valid !== null) dropInvalid(from, pixels.valid);
    if (pixels.density !== null) dropTransparent(from, pixels.density);
    for (let b = 0; b < target.data.length; b++) {
      pick(pixels.data[b] as NumberArray, from, target.data[b] as NumberArray, at);
    }
    markRow(target, from, pixels.density, at);
  });
}

function dropInvalid(at: Int32Array, valid: Uint8Array): void {
  for (let i = 0; i < at.length; i++) {
    const from = at[i] as number;
    if (from >= 0 && valid[from] === 0) at[i] = -1;
  }
}

function dropTransparent(at: Int32Array, density: Float32Array): void {
  for (let i = 0; i < at.length; i++) {
    const from = at[i] as number;
    if (from >= 0 && (density[from] as number) < LEAST_DENSITY) at[i] = -1;
  }
}

function pick(source: NumberArray, at: Int32Array, target: NumberArray, start: number): void {
  for (let i = 0; i < at.length; i++) {
    const from = at[i] as number;
    if (from >= 0) target[start + i] = source[from] as number;
  }
}

function markRow(target: Target, at: Int32Array, density: Float32Array | null, start: number): void {
  for (let i = 0; i < at.length; i++) {
    const from = at[i] as number;
    if (from < 0) continue;
    if (target.density !== null) {
      target.density[start + i] = density === null ? 1 : (density[from] as number);
    }
    if (target.stored !== null) target.stored[start + i] = 1;
  }
}

function warpInterpolated(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  target: Target,
): void {
  const { pixels } = task;
  const { window, rect } = block;
  const line = new LineApproximation(transform);
  const edge = new WindowEdge(transform, window, rect.x);
  const wanted = columnsInBlock(task, block, part);
  const count = wanted.length;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const right = window.x + window.width;
  const bottom = window.y + window.height;
  const sample = interpolator(task, window, filterScale(rect, window, task.resampling));
  eachRow(task, part, target, (row, at) => {
    line.run(rect.x + 0.5, rect.width, row + 0.5, wanted, 0, count, x, y, 0);
    edge.settle(x, y, wanted, row);
    for (let i = 0; i < count; i++) {
      const px = x[i] as number;
      const py = y[i] as number;
      if (Number.isNaN(px)) continue;
      let column = Math.trunc(px + EDGE);
      let row = Math.trunc(py + EDGE);
      if (column === right) column -= 1;
      if (row === bottom) row -= 1;
      const centre = (row - pixels.y) * pixels.width + column - pixels.x;
      const density = pixels.density === null ? 1 : (pixels.density[centre] as number);
      if (density < DENSITY_THRESHOLD) continue;
      if (pixels.valid !== null && pixels.valid[centre] === 0) continue;
      let found = false;
      for (let b = 0; b < target.data.length; b++) {
        const value = sample(pixels.data[b] as NumberArray, px - window.x, py - window.y);
        if (Number.isNaN(value) && sample.missing()) continue;
        found = true;
        store(task, target, b, at + i, value);
      }
      if (found) mark(target, at + i, density);
    }
  });
}

function warpAggregated(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  target: Target,
): void {
  const { pixels } = task;
  const { window, rect } = block;
  const line = new LineApproximation(transform);
  const wanted = columnsInBlock(task, block, part);
  const count = wanted.length;
  const x0 = new Float64Array(count);
  const y0 = new Float64Array(count);
  const x1 = new Float64Array(count);
  const y1 = new Float64Array(count);
  const aggregate = aggregator(task, window, filterScale(rect, window, task.resampling));
  eachRow(task, part, target, (row, at) => {
    line.run(rect.x, rect.width, row, wanted, 0, count, x0, y0, 0);
    line.run(rect.x + 1, rect.width, row + 1, wanted, 0, count, x1, y1, 0);
    for (let i = 0; i < count; i++) {
      const ax = (x0[i] as number) - window.x;
      const ay = (y0[i] as number) - window.y;
      const bx = (x1[i] as number) - window.x;
      const by = (y1[i] as number) - window.y;
      const minX = Math.min(ax, bx);
      const maxX = Math.max(ax, bx);
      const minY = Math.min(ay, by);
      const maxY = Math.max(ay, by);
      let found = false;
      for (let b = 0; b < target.data.length; b++) {
        if (!aggregate(pixels.data[b] as NumberArray, minX, maxX, minY, maxY)) continue;
        found = true;
        store(task, target, b, at + i, aggregate.value());
      }
      if (found) mark(target, at + i, 1);
    }
  });
}

function warpSum(task: WarpTask, block: WarpBlock, part: Part, target: Target): void {
  const { rect } = block;
  const { source } = task;
  const forward = pixelTransform(
    source.transform,
    coordinateTransform(source.crs, task.target.crs),
    task.target.transform,
  );
  const { sums, weights, opaque } = spread(task, block, forward);
  const wanted = columnsInBlock(task, block, part);
  eachRow(task, part, target, (row, at) => {
    const start = (row - rect.y) * rect.width;
    for (const [i, column] of wanted.entries()) {
      const weight = weights[start + column] as number;
      if (!(weight > 0)) continue;
      for (const [b, sum] of sums.entries()) store(task, target, b, at + i, sum[start + column] as number);
      mark(target, at + i, (opaque[start + column] as number) / weight);
    }
  });
}

function isInterpolation(resampling: WarpTask['resampling']): boolean {
  switch (resampling) {
    case 'bilinear':
    case 'cubic':
    case 'cubic_spline':
    case 'lanczos':
      return true;
    case 'average':
    case 'mode':
    case 'max':
    case 'min':
    case 'med':
    case 'q1':
    case 'q3':
    case 'rms':
      return false;
    case 'nearest':
    case 'sum':
      throw new GeoCropError('internal', `Warping by ${resampling} has a loop of its own.`);
  }
}
