import { checkRaster, type Raster, type RasterData } from '../raster.js';

/**
 * How four pixels become one.
 * `mode`: the commonest value, for classes; nodata does not vote, ties go to the lowest id.
 * `mean`: of the valid values, summed in float64 in the order upper left, upper right, lower left, lower right;
 * integers are rounded by Math.round, float32 by Math.fround.
 * A pixel is valid where it is not nodata and the mask, if there is one, is not 0. Where none of the four is valid, the
 * result is nodata (0 where none is set), and 0 in the mask; where any is, it is 255 in the mask.
 */
export type Reducer = 'mode' | 'mean';

/** Overviews, largest first, each made 2 × 2 from the one before; the raster itself is not among them. */
export function overviews<T extends RasterData>(
  raster: Raster<T>,
  reducer: Reducer,
  levels: number,
): Raster<T>[] {
  const out: Raster<T>[] = [];
  let level = raster;
  for (let i = 0; i < levels; i++) {
    level = halve(level, reducer);
    out.push(level);
  }
  return out;
}

/** How many halvings until both sides are at most `size`. */
export function overviewCount(width: number, height: number, size: number): number {
  let count = 0;
  for (let side = Math.max(width, height); side > size; side = Math.ceil(side / 2)) count += 1;
  return count;
}

/** Half the width and height, rounded up: the last column and row of odd sizes have fewer pixels below them. */
export function halve<T extends RasterData>(raster: Raster<T>, reducer: Reducer): Raster<T> {
  checkRaster(raster);
  const { bands, nodata, data, mask } = raster;
  const width = Math.ceil(raster.width / 2);
  const height = Math.ceil(raster.height / 2);
  const half: Raster<T> = {
    data: new (data.constructor as new (length: number) => T)(bands * width * height),
    bands,
    width,
    height,
    nodata,
    ...(mask === undefined ? {} : { mask: new Uint8Array(width * height) }),
  };
  halveInto(raster, reducer, { from: 0, to: raster.width }, half, 0);
  return half;
}

/**
 * Halves some columns of a raster into another one that is half as wide, rounded up, and as high as needed from row `top` on.
 * @param columns [from, to) of the source; `from` even, `to` even or its width
 */
export function halveInto(
  source: Raster,
  reducer: Reducer,
  columns: { readonly from: number; readonly to: number },
  into: Raster,
  top: number,
): void {
  const { bands, width, height, nodata, data, mask } = source;
  const reduce = reducer === 'mode' ? modeOf : data instanceof Float32Array ? meanOf : roundedMeanOf;
  const blank = nodata ?? 0;
  for (let band = 0; band < bands; band++) {
    const plane = band * width * height;
    for (let y = 0; y < height; y += 2) {
      const rows = Math.min(2, height - y);
      let at = y * width + columns.from;
      let to = (band * into.height + top + (y >> 1)) * into.width + (columns.from >> 1);
      for (let x = columns.from; x < columns.to; x += 2, at += 2, to++) {
        const across = x + 1 < width ? 2 : 1;
        let valid = 0;
        for (let row = 0, i = at; row < rows; row++, i += width) {
          let value = data[plane + i] as number;
          if (!Object.is(value, nodata) && (mask === undefined || mask[i] !== 0)) FOUR[valid++] = value;
          if (across === 1) continue;
          value = data[plane + i + 1] as number;
          if (!Object.is(value, nodata) && (mask === undefined || mask[i + 1] !== 0)) FOUR[valid++] = value;
        }
        into.data[to] = valid === 0 ? blank : reduce(FOUR, valid);
      }
    }
  }
  if (mask !== undefined && into.mask !== undefined) {
    halveMaskInto(mask, width, height, columns, into.mask, into.width, top);
  }
}

/** The valid ones of four pixels. */
const FOUR = new Float64Array(4);

function halveMaskInto(
  mask: Uint8Array,
  width: number,
  height: number,
  { from, to }: { readonly from: number; readonly to: number },
  into: Uint8Array,
  stride: number,
  top: number,
): void {
  for (let y = 0; y < height; y += 2) {
    const upper = y * width;
    const lower = y + 1 < height ? upper + width : upper;
    const row = (top + (y >> 1)) * stride;
    for (let x = from; x < to; x += 2) {
      const right = x + 1 < width ? 1 : 0;
      const any =
        (mask[upper + x] as number) |
        (mask[upper + x + right] as number) |
        (mask[lower + x] as number) |
        (mask[lower + x + right] as number);
      into[row + (x >> 1)] = any === 0 ? 0 : 255;
    }
  }
}

function meanOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] as number;
  return sum / count;
}

function roundedMeanOf(values: Float64Array, count: number): number {
  return Math.round(meanOf(values, count));
}

function modeOf(values: Float64Array, count: number): number {
  let best = values[0] as number;
  if (count === 4 && best === values[1] && best === values[2] && best === values[3]) return best;
  let votes = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    let same = 0;
    for (let j = 0; j < count; j++) if (values[j] === value) same += 1;
    if (same > votes || (same === votes && value < best)) {
      best = value;
      votes = same;
    }
  }
  return best;
}
