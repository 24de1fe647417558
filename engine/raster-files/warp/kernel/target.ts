import { newArray } from '../../../windows/block-spec.js';
import type { NumberArray } from '../../dataset.js';
import { besideNodata, toPixel } from './number-types.js';
import type { WarpBlock, WarpTask, Warped } from './warp-task.js';

/** Below it a pixel's weight leaves the target's alpha as it is. */
const LEAST_DENSITY = 0.0001;

/** What is warped into: the wanted pixels. */
export interface Target {
  readonly data: readonly NumberArray[];
  readonly density: Float32Array | null;
  /** 1 where something was written: only then a pixel that is nodata in all bands is changed. */
  readonly stored: Uint8Array | null;
}

/** @param together only where all bands would be nodata is a pixel changed */
export function newTarget(task: WarpTask, together: boolean): Target {
  const size = task.columns.length * task.rows.length;
  return {
    data: task.pixels.data.map(() => {
      const values = newArray(task.type, size);
      if (task.nodata !== null && task.nodata !== 0) values.fill(task.nodata);
      return values;
    }),
    density: task.alpha === null ? null : new Float32Array(size),
    stored: together ? new Uint8Array(size) : null,
  };
}

/** Which of the wanted columns and rows lie in a block. */
export interface Part {
  readonly columnFrom: number;
  readonly columnTo: number;
  readonly rowFrom: number;
  readonly rowTo: number;
}

export function partOf({ columns, rows }: WarpTask, { rect }: WarpBlock): Part {
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
export function columnsInBlock(task: WarpTask, block: WarpBlock, part: Part): Int32Array {
  return task.columns.slice(part.columnFrom, part.columnTo).map((column) => column - block.rect.x);
}

/** Warps each wanted row of a part; one that is wanted again is copied. @param warp of a row, to `at` in the target */
export function eachRow(
  task: WarpTask,
  part: Part,
  target: Target,
  warp: (row: number, at: number) => void,
): void {
  const stride = task.columns.length;
  const count = part.columnTo - part.columnFrom;
  for (let j = part.rowFrom; j < part.rowTo; j++) {
    const row = task.rows[j] as number;
    const at = j * stride + part.columnFrom;
    if (j > part.rowFrom && task.rows[j - 1] === row) copyRow(target, at - stride, at, count);
    else warp(row, at);
  }
}

function copyRow(target: Target, from: number, to: number, count: number): void {
  for (const values of target.data) values.copyWithin(to, from, from + count);
  target.density?.copyWithin(to, from, from + count);
  target.stored?.copyWithin(to, from, from + count);
}

export function store(task: WarpTask, target: Target, band: number, at: number, value: number): void {
  const values = target.data[band] as NumberArray;
  values[at] = toPixel(value, task.type);
  if (target.stored === null && task.nodata !== null && values[at] === task.nodata) {
    values[at] = besideNodata(task.nodata, task.type);
  }
}

export function mark(target: Target, at: number, density: number): void {
  if (target.stored !== null) target.stored[at] = 1;
  if (target.density !== null && density >= LEAST_DENSITY) target.density[at] = density;
}

/** The target as it is given back. */
export function finished(task: WarpTask, target: Target): Warped {
  if (target.stored !== null) avoidNodataTogether(task, target.data, target.stored);
  return { data: target.data, alpha: alphaOf(task, target.density) };
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
