import type { Affine } from '../../../windows/cog-header.js';
import type { FileCrs } from '../../dataset.js';
import { apply, boxOfRaster, invertLikeGdal } from './affine.js';
import { coordinateTransform } from './coordinate-transform.js';
import { transformBounds } from './transform-bounds.js';

export interface Grid {
  /** Of the upper left corner and the pixel size, in the units of the grid's reference system. */
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
}

/** The edges are sampled at each so many pixels of the shorter side, in so many steps at least and at most. */
const STEP_PIXELS = 50;
const STEPS = { least: 20, most: 100 };
/** How often a step over which x changes its sign, or beyond which there is no place, is halved to find where. */
const HALVINGS = 16;
/** Points an edge that the box as a whole is projected with besides. */
const BOX_POINTS = 2;

/**
 * rasterio's `calculate_default_transform` and WarpedVRT without a grid of its own (GDALSuggestedWarpOutput2): a north-up grid over the
 * raster in another system, with square pixels of such a size that the diagonal keeps its number of pixels. Null where nothing
 * of the raster has a place there.
 */
export function suggestedOutput(
  from: FileCrs,
  to: FileCrs,
  transform: Affine,
  width: number,
  height: number,
): Grid | null {
  const places = new Places(from, to, transform, width, height);
  const bounds = places.bounds();
  if (bounds === null) return null;
  let { dx, dy } = places.diagonal();
  // Not only zero: a corner that has no place gives NaN.
  if (!(Math.abs(dx) > 0 && Math.abs(dy) > 0)) {
    dx = bounds.maxX - bounds.minX;
    dy = bounds.maxY - bounds.minY;
  }
  const pixel = Math.sqrt(dx * dx + dy * dy) / Math.sqrt(width * width + height * height);
  if (!(pixel > 0)) return null;
  const outWidth = Math.trunc((bounds.maxX - bounds.minX) / pixel + 0.5);
  const outHeight = Math.trunc((bounds.maxY - bounds.minY) / pixel + 0.5);
  if (outWidth < 1 || outHeight < 1) return null;
  let [pixelX, pixelY] = [pixel, pixel];
  if (to.geographic && !from.geographic) {
    const { minX, maxX, minY, maxY } = bounds;
    if ((maxX <= 180 && minX + outWidth * pixel > 180) || maxX === 180) pixelX = (180 - minX) / outWidth;
    if (minY >= -90 && maxY - outHeight * pixel < -90) pixelY = (maxY + 90) / outHeight;
  }
  return {
    transform: [pixelX, 0, bounds.minX, 0, -pixelY, bounds.maxY],
    width: outWidth,
    height: outHeight,
  };
}

interface Bounds {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Places of a raster, in pixels and in the other system: of its edge, or of all of it where the edge does not say enough. */
class Places {
  readonly #steps: number;
  /** Pixels of the places, and where they lie in the other system; NaN: nowhere. */
  readonly #columns: Float64Array;
  readonly #rows: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** So many of the first ones lie along rows, in runs of steps + 1. */
  readonly #alongRows: number;

  constructor(
    private readonly from: FileCrs,
    private readonly to: FileCrs,
    private readonly transform: Affine,
    private readonly width: number,
    private readonly height: number,
  ) {
    const steps = Math.trunc(Math.min(width, height) / STEP_PIXELS + 0.5);
    this.#steps = Math.min(STEPS.most, Math.max(STEPS.least, steps));
    const count = this.#steps + 1;
    const shares = Array.from({ length: count }, (_, i) => (i === this.#steps ? 1 : i * (1 / this.#steps)));
    const edge = {
      columns: [
        ...across(shares, width),
        ...across(shares, width),
        ...shares.map(() => 0),
        ...shares.map(() => width),
      ],
      rows: [
        ...shares.map(() => 0),
        ...shares.map(() => height),
        ...across(shares, height),
        ...across(shares, height),
      ],
    };
    let columns = Float64Array.from(edge.columns);
    let rows = Float64Array.from(edge.rows);
    let [x, y] = this.#projected(columns, rows);
    let alongRows = 2 * count;
    if (!this.#comeBack(columns, rows, x, y)) {
      columns = Float64Array.from(shares.flatMap(() => across(shares, width)));
      rows = Float64Array.from(shares.flatMap((share) => shares.map(() => share * height)));
      [x, y] = this.#projected(columns, rows);
      alongRows = columns.length;
    }
    this.#columns = columns;
    this.#rows = rows;
    this.#x = x;
    this.#y = y;
    this.#alongRows = alongRows;
  }

  /** From the upper left corner to the lower right one. */
  diagonal(): { dx: number; dy: number } {
    const last = this.#x.length - 1;
    return {
      dx: (this.#x[last] as number) - (this.#x[0] as number),
      dy: (this.#y[last] as number) - (this.#y[0] as number),
    };
  }

  bounds(): Bounds | null {
    const bounds: Bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
    let missing = 0;
    for (let i = 0; i < this.#x.length; i++) {
      if (i < this.#alongRows && i % (this.#steps + 1) > 0) this.#between(i - 1, i, bounds);
      const x = this.#x[i] as number;
      if (Number.isFinite(x)) include(bounds, x, this.#y[i] as number);
      else missing += 1;
    }
    if (missing > this.#x.length - 10) return null;
    const [, b, , d] = this.transform;
    if (b !== 0 || d !== 0) return bounds;
    const [west, south, east, north] = boxOfRaster(this.transform, this.width, this.height);
    const box = [Math.min(west, east), Math.min(south, north), Math.max(west, east), Math.max(south, north)];
    const whole = transformBounds(this.from, this.to, box as [number, number, number, number], BOX_POINTS);
    if (!whole.every(Number.isFinite)) return bounds;
    include(bounds, whole[0], whole[1]);
    include(bounds, whole[2], whole[3]);
    return bounds;
  }

  /** Where x changes its sign from one place to the next, or where places end, may be an extreme. */
  #between(before: number, after: number, bounds: Bounds): void {
    let [x0, x1] = [this.#x[before] as number, this.#x[after] as number];
    let [column0, column1] = [this.#columns[before] as number, this.#columns[after] as number];
    if (!Number.isFinite(x0) && !Number.isFinite(x1)) return;
    const row = new Float64Array([this.#rows[after] as number]);
    for (let i = 0; i < HALVINGS; i++) {
      const [there0, there1] = [Number.isFinite(x0), Number.isFinite(x1)];
      if (there0 && there1 && !(x0 * x1 < 0)) return;
      const column = (column0 + column1) / 2;
      const [xs, ys] = this.#projected(new Float64Array([column]), row);
      const x = xs[0] as number;
      const there = Number.isFinite(x);
      if (there) include(bounds, x, ys[0] as number);
      else if (there0 && there1) return;
      if (there ? !there0 || x0 * x < 0 : there0) [x1, column1] = [x, column];
      else [x0, column0] = [x, column];
    }
  }

  #projected(columns: Float64Array, rows: Float64Array): [Float64Array, Float64Array] {
    const x = new Float64Array(columns.length);
    const y = new Float64Array(columns.length);
    for (let i = 0; i < columns.length; i++) {
      [x[i], y[i]] = apply(this.transform, columns[i] as number, rows[i] as number);
    }
    coordinateTransform(this.from, this.to)(x, y, x.length);
    return [x, y];
  }

  /** Whether each place has one there, and comes back to where it was, by less than a step. */
  #comeBack(columns: Float64Array, rows: Float64Array, x: Float64Array, y: Float64Array): boolean {
    if (!x.every(Number.isFinite)) return false;
    const [backX, backY] = [x.slice(), y.slice()];
    coordinateTransform(this.to, this.from)(backX, backY, backX.length);
    const inverse = invertLikeGdal(this.transform);
    for (let i = 0; i < backX.length; i++) {
      const [column, row] = apply(inverse, backX[i] as number, backY[i] as number);
      const near =
        Math.abs(column - (columns[i] as number)) <= this.width / this.#steps &&
        Math.abs(row - (rows[i] as number)) <= this.height / this.#steps;
      // Written so that NaN is not near.
      if (!near) return false;
    }
    return true;
  }
}

function across(shares: readonly number[], length: number): number[] {
  return shares.map((share) => share * length);
}

function include(bounds: Bounds, x: number, y: number): void {
  bounds.minX = Math.min(bounds.minX, x);
  bounds.minY = Math.min(bounds.minY, y);
  bounds.maxX = Math.max(bounds.maxX, x);
  bounds.maxY = Math.max(bounds.maxY, y);
}
