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
  const { bands, width, height, nodata, data, mask } = raster;
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const size = halfWidth * halfHeight;
  const out = new (data.constructor as new (length: number) => T)(bands * size);
  const reduce = reducer === 'mode' ? modeOf : data instanceof Float32Array ? meanOf : roundedMeanOf;
  const values = new Float64Array(4);
  for (let band = 0; band < bands; band++) {
    const plane = band * width * height;
    for (let y = 0; y < halfHeight; y++) {
      const rows = Math.min(2, height - 2 * y);
      for (let x = 0; x < halfWidth; x++) {
        const columns = Math.min(2, width - 2 * x);
        let valid = 0;
        for (let dy = 0; dy < rows; dy++) {
          for (let dx = 0; dx < columns; dx++) {
            const at = (2 * y + dy) * width + 2 * x + dx;
            const value = data[plane + at] as number;
            if (Object.is(value, nodata) || (mask !== undefined && mask[at] === 0)) continue;
            values[valid++] = value;
          }
        }
        out[band * size + y * halfWidth + x] = valid === 0 ? (nodata ?? 0) : reduce(values, valid);
      }
    }
  }
  return {
    data: out,
    bands,
    width: halfWidth,
    height: halfHeight,
    nodata,
    ...(mask === undefined ? {} : { mask: halveMask(mask, width, height) }),
  };
}

function halveMask(mask: Uint8Array, width: number, height: number): Uint8Array {
  const halfWidth = Math.ceil(width / 2);
  const out = new Uint8Array(halfWidth * Math.ceil(height / 2));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x] !== 0) out[(y >> 1) * halfWidth + (x >> 1)] = 255;
    }
  }
  return out;
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
