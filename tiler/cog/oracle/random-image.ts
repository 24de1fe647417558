import { between, seededRandom } from '../../../engine/kernels/testing.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { newArray } from '../../../engine/windows/block-spec.js';
import { isFloat } from '../../../engine/windows/cog-header.js';
import { TYPE_RANGES } from '../image-post/data-types.js';

/** For tests only: pixels that look random and are always the same. */
export interface RandomImage {
  readonly seed: number;
  readonly type: DataType;
  readonly bands: number;
  readonly width?: number;
  readonly height?: number;
  /** Values lie within; default: where there is something to see in the type. */
  readonly range?: readonly [number, number];
  /** Part of the pixels that are not valid. */
  readonly invalid?: number;
  readonly alpha?: boolean;
}

const USUAL: Readonly<Record<DataType, readonly [number, number]>> = {
  ...TYPE_RANGES,
  uint32: [0, 1000],
  int32: [-100_000, 100_000],
  float32: [-2, 4],
  float64: [-2, 4],
};

export function randomImage(options: RandomImage): Image {
  const { seed, type, bands, width = 16, height = 12, invalid = 0.2, alpha = false } = options;
  const random = seededRandom(seed);
  const [least, most] = options.range ?? USUAL[type];
  const pixels = width * height;
  const values = (): NumberArray => {
    const out = newArray(type, pixels);
    for (let i = 0; i < pixels; i++)
      out[i] = isFloat(type) ? least + random() * (most - least) : between(random, least, most);
    return out;
  };
  return {
    width,
    height,
    bands: Array.from({ length: bands }, values),
    names: Array.from({ length: bands }, (_, i) => `b${i + 1}`),
    valid: Array.from({ length: bands }, () =>
      Uint8Array.from({ length: pixels }, () => (random() < invalid ? 0 : 1)),
    ),
    alpha: alpha ? Uint8Array.from({ length: pixels }, () => between(random, 0, 255)) : null,
    bounds: [3_400_000, -2_100_000, 3_400_000 + 10 * width, -2_100_000 + 20 * height],
    crs: { epsg: 3857, proj: '', name: 'http://www.opengis.net/def/crs/EPSG/0/3857', geographic: false },
  };
}
