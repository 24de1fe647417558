import type { PixelTransform } from './pixel-transform.js';

/** Whole pixels; of an empty one width and height are 0. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a source level that a part of the target needs. */
export interface SourceWindow extends Rect {
  /** How many of its columns and rows are there only for the filter: they do not count as scale. */
  readonly extraX: number;
  readonly extraY: number;
}

const STEPS = 21;
const EMPTY: SourceWindow = { x: 0, y: 0, width: 0, height: 0, extraX: 0, extraY: 0 };

/**
 * GDALWarpOperation::ComputeSourceWindow: the target's edge at 21 points a side, transformed, with room for the filter. Where points have
 * no place in the source, a grid over the target, and over the source by the forward transform.
 * @param radius of the resampling's filter in source pixels, when nothing is reduced
 * @param forward pixels of the source to pixels of the target
 */
export function sourceWindow(
  target: Rect,
  source: { readonly width: number; readonly height: number },
  radius: number,
  transform: PixelTransform,
  forward: () => PixelTransform,
): SourceWindow {
  let points = edge(target);
  let bounds = boundsOf(points, transform);
  if (bounds.failed > 0) {
    points = grid(target);
    bounds = boundsOf(points, transform);
    if (bounds.failed > points.x.length - 5) return EMPTY;
    includeForward(bounds, target, source, forward());
  }
  let { minX, minY, maxX, maxY } = bounds;
  if (!(minX <= source.width && maxX >= 0 && minY <= source.height && maxY >= 0)) return EMPTY;
  minX = snap(minX);
  minY = snap(minY);
  maxX = snap(maxX);
  maxY = snap(maxY);
  const extra = bounds.failed > 0 ? 10 : 0;
  const [x, width, extraX] = along(minX, maxX, source.width, target.width, radius, extra);
  const [y, height, extraY] = along(minY, maxY, source.height, target.height, radius, extra);
  return { x, y, width, height, extraX, extraY };
}

/** One axis: first pixel, pixels, pixels beyond what the target covers. */
function along(
  min: number,
  max: number,
  size: number,
  targetSize: number,
  radius: number,
  extra: number,
): [number, number, number] {
  const scale = Math.max(1e-3, targetSize / (max - min));
  const reach = (scale < 0.95 ? Math.ceil(radius / scale) : radius) + extra;
  const low = Math.trunc(Math.max(0, min));
  const high = Math.trunc(Math.min(Math.ceil(max), size));
  const raw = Math.max(0, Math.min(size - low, max - min));
  let first = 0;
  let count = size;
  // What covers nearly all of a side takes all of it: rasters around the world meet themselves at the antimeridian.
  if (!(high - low > 0.9 * size)) {
    first = Math.max(0, Math.min(low - reach, size));
    count = Math.max(0, Math.min(size - first, high - first + reach));
  }
  return [first, count, count - raw];
}

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

interface Bounds {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  failed: number;
}

function edge(target: Rect): Points {
  const step = 1 / (STEPS - 1);
  const xs: number[] = [];
  const ys: number[] = [];
  for (let ratio = 0; ratio <= 1 + step * 0.5; ratio += step) {
    const column = ratio * target.width + target.x;
    const row = ratio * target.height + target.y;
    xs.push(column, column, target.x, target.width + target.x);
    ys.push(target.y, target.y + target.height, row, row);
  }
  return { x: Float64Array.from(xs), y: Float64Array.from(ys) };
}

/** Ratios of a side: half a pixel from each end, and evenly between. */
function ratios(pixels: number): number[] {
  const step = 1 / (STEPS - 1);
  const inner = Array.from({ length: STEPS }, (_, i) => i * step);
  return [0.5 / pixels, ...inner, 1 - 0.5 / pixels];
}

function grid(target: Rect): Points {
  const steps = ratios(target.width);
  const x = new Float64Array(steps.length ** 2);
  const y = new Float64Array(steps.length ** 2);
  let at = 0;
  for (const down of steps) {
    for (const across of steps) {
      x[at] = across * target.width + target.x;
      y[at] = down * target.height + target.y;
      at += 1;
    }
  }
  return { x, y };
}

function boundsOf({ x, y }: Points, transform: PixelTransform): Bounds {
  transform(x, y, x.length);
  const bounds: Bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity, failed: 0 };
  for (let i = 0; i < x.length; i++) {
    const px = x[i] as number;
    const py = y[i] as number;
    if (!Number.isFinite(px) || !Number.isFinite(py)) bounds.failed += 1;
    else include(bounds, px, py);
  }
  return bounds;
}

function include(bounds: Bounds, x: number, y: number): void {
  if (x < bounds.minX) bounds.minX = x;
  if (x > bounds.maxX) bounds.maxX = x;
  if (y < bounds.minY) bounds.minY = y;
  if (y > bounds.maxY) bounds.maxY = y;
}

/** Points of the source that fall into the target count too. */
function includeForward(
  bounds: Bounds,
  target: Rect,
  source: { readonly width: number; readonly height: number },
  forward: PixelTransform,
): void {
  const across = ratios(source.width);
  const down = ratios(source.height);
  const x = new Float64Array(across.length * down.length);
  const y = new Float64Array(across.length * down.length);
  let at = 0;
  for (const ratioY of down) {
    for (const ratioX of across) {
      x[at] = ratioX * source.width;
      y[at] = ratioY * source.height;
      at += 1;
    }
  }
  const sourceX = x.slice();
  const sourceY = y.slice();
  forward(x, y, x.length);
  for (let i = 0; i < x.length; i++) {
    const px = x[i] as number;
    const py = y[i] as number;
    if (px >= target.x && px <= target.x + target.width && py >= target.y && py <= target.y + target.height) {
      include(bounds, sourceX[i] as number, sourceY[i] as number);
    }
  }
}

function snap(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(rounded - value) < 1e-6 ? rounded : value;
}
