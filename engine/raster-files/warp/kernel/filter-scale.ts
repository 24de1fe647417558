import type { WarpResampling } from '../../read.js';
import type { Rect, SourceWindow } from './source-window.js';

/** Source pixels on each side that a filter needs where nothing is reduced: GDAL's anGWKFilterRadius. */
export const FILTER_RADIUS: Readonly<Record<WarpResampling, number>> = {
  nearest: 0,
  bilinear: 1,
  cubic: 2,
  cubic_spline: 2,
  lanczos: 3,
  average: 0,
  mode: 0,
  max: 0,
  min: 0,
  med: 0,
  q1: 0,
  q3: 0,
  sum: 0,
  rms: 0,
};

/** How much a filter is stretched. */
export interface FilterScale {
  /** Target pixels a source pixel; 1 or more: not reduced. */
  readonly x: number;
  readonly y: number;
  /** Whole source pixels. */
  readonly radiusX: number;
  readonly radiusY: number;
}

/** GDALWarpKernel::PerformWarp's scales, of a whole block: nearly whole ratios are taken to be whole. */
export function filterScale(rect: Rect, window: SourceWindow, resampling: WarpResampling): FilterScale {
  const x = scale(rect.width, window.width, window.extraX);
  const y = scale(rect.height, window.height, window.extraY);
  const radius = FILTER_RADIUS[resampling];
  return {
    x,
    y,
    radiusX: x < 1 ? Math.ceil(radius / x) : radius,
    radiusY: y < 1 ? Math.ceil(radius / y) : radius,
  };
}

function scale(target: number, source: number, extra: number): number {
  if (source >= target && source <= target + extra) return 1;
  const found = target / (source - extra);
  if (found >= 1) return found;
  const whole = Math.trunc(1 / found + 0.5);
  return Math.abs(1 / found - whole) < 0.05 ? 1 / whole : found;
}
