import type { Affine } from '../../../windows/cog-header.js';
import { invertLikeGdal } from '../grid/affine.js';
import type { CoordinateTransform } from '../grid/coordinate-transform.js';

/** Pixels of a target grid to pixels of a source level, in place, the first `count`; NaN where there is none. */
export type PixelTransform = (x: Float64Array, y: Float64Array, count: number) => void;

/** GDALGenImgProjTransform, from target to source. */
export function pixelTransform(target: Affine, project: CoordinateTransform, source: Affine): PixelTransform {
  const [a, b, c, d, e, f] = target;
  const [ia, ib, ic, id, ie, jf] = invertLikeGdal(source);
  return (x, y, count) => {
    for (let i = 0; i < count; i++) {
      const column = x[i] as number;
      const row = y[i] as number;
      x[i] = c + column * a + row * b;
      y[i] = f + column * d + row * e;
    }
    project(x, y, count);
    for (let i = 0; i < count; i++) {
      const east = x[i] as number;
      const north = y[i] as number;
      x[i] = ic + east * ia + north * ib;
      y[i] = jf + east * id + north * ie;
    }
  };
}

/**
 * The source geotransform of an overview as GDALCreateSimilarGenImgProjTransformer scales it: a rotated one is scaled by the ratio
 * of its row in the matrix, not of its column.
 */
export function scaledSource([a, b, c, d, e, f]: Affine, ratioX: number, ratioY: number): Affine {
  if (ratioX === 1 && ratioY === 1) return [a, b, c, d, e, f];
  return [a * ratioX, b * ratioX, c, d * ratioY, e * ratioY, f];
}

/** How VRTWarpedDataset makes an overview's grid of its own. */
export function scaledTarget([a, b, c, d, e, f]: Affine, ratioX: number, ratioY: number): Affine {
  return [a * ratioX, b * ratioX, c, d * ratioY, e * ratioY, f];
}
