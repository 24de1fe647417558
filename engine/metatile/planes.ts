import type { Raster } from '../raster.js';
import type { ProductPlanes } from '../workers/tasks.js';
import type { Rect } from './target.js';

/** Class id that means "no data" in `classes`, and percent that means it in `confidence`. docs/architecture.md, "Storage". */
export const NO_CLASS = 255;

/** Shared memory for the products of `size` target pixels, all no data. @param features places in FEATURE_ORDER_V1 */
export function newPlanes(
  size: number,
  classCount: number | null,
  features: readonly number[],
): ProductPlanes {
  const bytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));
  return {
    observations: bytes(size),
    truecolor: bytes(3 * size),
    truecolorMask: bytes(size),
    raw: classCount === null ? null : bytes(size).fill(NO_CLASS),
    percent: classCount === null ? null : bytes(classCount * size).fill(NO_CLASS),
    features: features.map((feature) => ({
      feature,
      data: new Float32Array(new SharedArrayBuffer(4 * size)).fill(NaN),
    })),
  };
}

/** A rectangle of a raster whose bands have `stride` columns and `size` pixels. */
export function cropPlanes<T extends Uint8Array | Float32Array>(
  data: T,
  bands: number,
  size: number,
  stride: number,
  rect: Rect,
): T {
  const make = data.constructor as new (length: number) => T;
  const out = new make(bands * rect.width * rect.height);
  for (let band = 0; band < bands; band += 1) {
    for (let row = 0; row < rect.height; row += 1) {
      const from = band * size + (rect.y + row) * stride + rect.x;
      out.set(data.subarray(from, from + rect.width), (band * rect.height + row) * rect.width);
    }
  }
  return out;
}

/** A product's rectangle as a raster of its archived type. */
export function cropProduct(
  data: Uint8Array | Float32Array,
  options: {
    readonly bands: number;
    readonly size: number;
    readonly stride: number;
    readonly rect: Rect;
    readonly nodata: number | null;
    readonly mask?: Uint8Array;
  },
): Raster {
  const { bands, size, stride, rect, nodata } = options;
  return {
    data: cropPlanes(data, bands, size, stride, rect),
    bands,
    width: rect.width,
    height: rect.height,
    nodata,
    ...(options.mask === undefined ? {} : { mask: cropPlanes(options.mask, 1, size, stride, rect) }),
  };
}
