import { GeoCropError } from '../../../errors.js';
import { newArray } from '../../../windows/block-spec.js';
import { coordinateTransform } from '../grid/coordinate-transform.js';
import { aggregator } from './aggregate.js';
import { LineApproximation } from './approximate-line.js';
import { filterScale } from './filter-scale.js';
import { interpolator } from './interpolate.js';
import { besideNodata, toPixel } from './number-types.js';
import type { PixelTransform } from './pixel-transform.js';
import { pixelTransform } from './pixel-transform.js';
import type { WarpBlock, WarpTask, Warped } from './warp-task.js';
import { EDGE, WindowEdge } from './window-edge.js';
import type { NumberArray } from '../../dataset.js';

/** Source pixels of less weight count as missing. */
const DENSITY_THRESHOLD = 1e-9;
/** Below it a pixel's weight leaves the target's alpha as it is. */
const LEAST_DENSITY = 0.0001;

/** Warps: what GDALWarpKernel does, block by block, for the wanted pixels only. */
export function runWarp(task: WarpTask): Warped {
  const size = task.columns.length * task.rows.length;
  const out: Output = {
    data: task.pixels.data.map(() => {
      const values = newArray(task.type, size);
      if (task.nodata !== null && task.nodata !== 0) values.fill(task.nodata);
      return values;
    }),
    density: task.alpha === null ? null : new Float32Array(size),
    stored: isTogether(task) ? new Uint8Array(size) : null,
  };
  const transform = pixelTransform(
    task.target.transform,
    coordinateTransform(task.target.crs, task.source.crs),
    task.source.transform,
  );
  for (const block of task.blocks) {
    if (block.window.width === 0 || block.window.height === 0) continue;
    const part = partOf(task, block);
    if (part.columnFrom >= part.columnTo || part.rowFrom >= part.rowTo) continue;
    if (task.resampling === 'nearest') warpNearest(task, block, part, transform, out);
    else if (isInterpolation(task.resampling)) warpInterpolated(task, block, part, transform, out);
    else warpAggregated(task, block, part, transform, out);
  }
  if (out.stored !== null) avoidNodataTogether(task, out.data, out.stored);
  return { data: out.data, alpha: alphaOf(task, out.density) };
}

/** Of several bands, GDAL's loop for the nearest keeps a band's nodata where another band has a value; the other loops do not. */
function isTogether({ manyBands, nodata, resampling }: WarpTask): boolean {
  return manyBands && nodata !== null && resampling === 'nearest';
}

interface Output {
  readonly data: readonly NumberArray[];
  readonly density: Float32Array | null;
  /** 1 where something was written: only then a pixel that is nodata in all bands is changed. */
  readonly stored: Uint8Array | null;
}

/** Which of the wanted columns and rows lie in a block. */
interface Part {
  readonly columnFrom: number;
  readonly columnTo: number;
  readonly rowFrom: number;
  readonly rowTo: number;
}

function partOf({ columns, rows }: WarpTask, { rect }: WarpBlock): Part {
  return {
    columnFrom: lowerBound(columns, rect.x),
    columnTo: lowerBound(columns, rect.x + rect.width),
    rowFrom: lowerBound(rows, rect.y),
    rowTo: lowerBound(rows, rect.y + rect.height),
  };
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The wanted columns, counted from the block's left. */
function columnsInBlock(task: WarpTask, block: WarpBlock, part: Part): Int32Array {
  return task.columns.slice(part.columnFrom, part.columnTo).map((column) => column - block.rect.x);
}

function warpNearest(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  out: Output,
): void {
  const { pixels } = task;
  const { window, rect } = block;
  const line = new LineApproximation(transform);
  const edge = new WindowEdge(transform, window, rect.x);
  const wanted = columnsInBlock(task, block, part);
  const count = wanted.length;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const at = new Int32Array(count);
  const right = window.x + window.width;
  const bottom = window.y + window.height;
  const stride = pixels.width;
  for (let j = part.rowFrom; j < part.rowTo; j++) {
    const row = task.rows[j] as number;
    const target = j * task.columns.length + part.columnFrom;
    if (j > part.rowFrom && task.rows[j - 1] === row) {
      copyRow(out, target - task.columns.length, target, count);
      continue;
    }
    line.run(rect.x + 0.5, rect.width, row + 0.5, wanted, 0, count, x, y, 0);
    edge.settle(x, y, wanted, row);
    for (let i = 0; i < count; i++) {
      const px = x[i] as number;
      const py = y[i] as number;
      if (Number.isNaN(px)) {
        at[i] = -1;
        continue;
      }
      let column = Math.trunc(px + EDGE);
      let line = Math.trunc(py + EDGE);
      if (column === right) column -= 1;
      if (line === bottom) line -= 1;
      at[i] = (line - pixels.y) * stride + column - pixels.x;
    }
    if (pixels.valid !== null) dropInvalid(at, pixels.valid);
    if (pixels.density !== null) dropTransparent(at, pixels.density);
    for (let b = 0; b < out.data.length; b++) {
      pick(pixels.data[b] as NumberArray, at, out.data[b] as NumberArray, target);
    }
    markRow(out, at, pixels.density, target);
  }
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

function markRow(out: Output, at: Int32Array, density: Float32Array | null, start: number): void {
  for (let i = 0; i < at.length; i++) {
    const from = at[i] as number;
    if (from < 0) continue;
    if (out.density !== null) out.density[start + i] = density === null ? 1 : (density[from] as number);
    if (out.stored !== null) out.stored[start + i] = 1;
  }
}

function copyRow(out: Output, from: number, to: number, count: number): void {
  for (const values of out.data) values.copyWithin(to, from, from + count);
  out.density?.copyWithin(to, from, from + count);
  out.stored?.copyWithin(to, from, from + count);
}

function warpInterpolated(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  out: Output,
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
  for (let j = part.rowFrom; j < part.rowTo; j++) {
    const row = task.rows[j] as number;
    const target = j * task.columns.length + part.columnFrom;
    if (j > part.rowFrom && task.rows[j - 1] === row) {
      copyRow(out, target - task.columns.length, target, count);
      continue;
    }
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
      for (let b = 0; b < out.data.length; b++) {
        const value = sample(pixels.data[b] as NumberArray, px - window.x, py - window.y);
        if (Number.isNaN(value) && sample.missing()) continue;
        found = true;
        store(task, out, b, target + i, value);
      }
      if (found) mark(out, target + i, density);
    }
  }
}

function warpAggregated(
  task: WarpTask,
  block: WarpBlock,
  part: Part,
  transform: PixelTransform,
  out: Output,
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
  const aggregate = aggregator(task, window);
  const farX = window.width + 1;
  const farY = window.height + 1;
  for (let j = part.rowFrom; j < part.rowTo; j++) {
    const row = task.rows[j] as number;
    const target = j * task.columns.length + part.columnFrom;
    if (j > part.rowFrom && task.rows[j - 1] === row) {
      copyRow(out, target - task.columns.length, target, count);
      continue;
    }
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
      if (!(minX >= -1 && minY >= -1 && maxX <= farX && maxY <= farY)) continue;
      let found = false;
      for (let b = 0; b < out.data.length; b++) {
        if (!aggregate(pixels.data[b] as NumberArray, minX, maxX, minY, maxY)) continue;
        found = true;
        store(task, out, b, target + i, aggregate.value());
      }
      if (found) mark(out, target + i, 1);
    }
  }
}

function store(task: WarpTask, out: Output, band: number, at: number, value: number): void {
  const values = out.data[band] as NumberArray;
  values[at] = toPixel(value, task.type);
  if (out.stored === null && task.nodata !== null && values[at] === task.nodata) {
    values[at] = besideNodata(task.nodata, task.type);
  }
}

function mark(out: Output, at: number, density: number): void {
  if (out.stored !== null) out.stored[at] = 1;
  if (out.density !== null && density >= LEAST_DENSITY) out.density[at] = density;
}

/** Of several bands with one mask, a valid pixel is changed only where it would be nodata in each of them. */
function avoidNodataTogether(task: WarpTask, data: readonly NumberArray[], stored: Uint8Array): void {
  const { nodata } = task;
  if (nodata === null) return;
  for (let i = 0; i < stored.length; i++) {
    if (stored[i] === 0 || data.some((values) => values[i] !== nodata)) continue;
    for (const values of data) values[i] = besideNodata(nodata, task.type);
  }
}

function alphaOf(task: WarpTask, density: Float32Array | null): NumberArray | null {
  if (density === null || task.alpha === null) return null;
  const alpha = newArray(task.type, density.length);
  const opaque = task.alpha;
  for (let i = 0; i < density.length; i++) alpha[i] = Math.trunc((density[i] as number) * opaque + 0.1);
  return alpha;
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
    case 'sum':
    case 'rms':
      return false;
    case 'nearest':
      throw new GeoCropError('internal', 'Nearest has a loop of its own.');
  }
}
