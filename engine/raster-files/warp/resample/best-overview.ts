import type { FloatWindow } from '../grid/affine.js';
import type { Resampling } from '../../read.js';

/** Whole pixels, as GDAL is asked, beside the exact window. */
export interface RequestWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly exact: FloatWindow;
}

/** Nearest takes an overview that is up to this much too coarse; what averages must not be given one. */
const OVERSAMPLING = { nearest: 1.2, others: 1.01 };
/** GDAL's EPSILON there, from 3.9 on: a level that is this much coarser than that is still taken. */
const EPSILON = 0.1;

/** GDALBandGetBestOverviewLevel2: the level to read, and the window in its pixels. */
export function bestLevel(
  levels: readonly { readonly width: number; readonly height: number }[],
  request: RequestWindow,
  outWidth: number,
  outHeight: number,
  resampling: Resampling,
): { readonly level: number; readonly request: RequestWindow } {
  const [full] = levels;
  if (full === undefined || (outWidth >= request.width && outHeight >= request.height)) {
    return { level: 0, request };
  }
  const across = request.width / outWidth;
  const down = request.height / outHeight;
  const desired = across < down || outHeight === 1 ? across : down;
  const most = desired * (resampling === 'nearest' ? OVERSAMPLING.nearest : OVERSAMPLING.others) + EPSILON;
  let best = 0;
  let factor = 0;
  for (const [level, { width, height }] of levels.entries()) {
    if (level === 0) continue;
    const found = Math.min(full.width / width, full.height / height);
    if (found >= most || found <= factor) continue;
    best = level;
    factor = found;
  }
  const size = levels[best];
  if (best === 0 || size === undefined) return { level: 0, request };
  const factorX = full.width / size.width;
  const factorY = full.height / size.height;
  const { exact } = request;
  const x = Math.min(size.width - 1, Math.trunc(request.x / factorX + 0.5));
  const y = Math.min(size.height - 1, Math.trunc(request.y / factorY + 0.5));
  return {
    level: best,
    request: {
      x,
      y,
      width: Math.min(Math.max(1, Math.trunc(request.width / factorX + 0.5)), size.width - x),
      height: Math.min(Math.max(1, Math.trunc(request.height / factorY + 0.5)), size.height - y),
      exact: {
        column: exact.column / factorX,
        row: exact.row / factorY,
        width: exact.width / factorX,
        height: exact.height / factorY,
      },
    },
  };
}
