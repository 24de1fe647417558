import type { Dataset, FileCrs, NumberArray } from '../dataset.js';
import type { Image } from '../image.js';
import type { Box } from './grid/affine.js';
import { RANGE } from './kernel/number-types.js';
import type { Reading } from './read-options.js';
import type { Pixels } from './resample/raster-io.js';

/** Where an image lies. */
export interface Place {
  readonly width: number;
  readonly height: number;
  readonly bounds: Box | null;
  readonly crs: FileCrs | null;
}

/**
 * rio-tiler's ImageData of pixels as they were read: what is valid by nodata, else by alpha, else by the mask.
 * @param hasAlpha the last band of `pixels` is an alpha plane
 */
export function assembleImage(
  dataset: Dataset,
  reading: Reading,
  pixels: Pixels,
  hasAlpha: boolean,
  place: Place,
  unscale: boolean,
): Image {
  const { bands, nodata } = reading;
  const data = pixels.data.slice(0, bands.length);
  const alpha = hasAlpha ? (pixels.data[bands.length] ?? null) : null;
  const valid =
    nodata !== null
      ? data.map((values) => differsFrom(values, nodata))
      : alpha !== null
        ? shared(opaque(alpha, dataset, reading), bands.length)
        : data.map((values, i) => counted(pixels.masks[i] ?? null, values.length));
  const statistics = statisticsOf(dataset, bands, unscale);
  return {
    width: place.width,
    height: place.height,
    bands: unscale ? data.map((values, i) => unscaled(values, dataset, bands[i] ?? 1)) : data,
    names: bands.map((band) => `b${band}`),
    valid,
    alpha: alpha === null || reading.alphaBand === null ? null : toBytes(alpha, dataset),
    bounds: place.bounds,
    crs: place.crs,
    ...(statistics === null ? {} : { statistics }),
  };
}

function differsFrom(values: NumberArray, nodata: number): Uint8Array {
  const valid = new Uint8Array(values.length);
  const nan = Number.isNaN(nodata);
  const missing = values instanceof Float32Array ? Math.fround(nodata) : nodata;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    valid[i] = (nan ? Number.isNaN(value) : value === missing) ? 0 : 1;
  }
  return valid;
}

function counted(mask: Uint8Array | null, length: number): Uint8Array {
  if (mask === null) return new Uint8Array(length).fill(1);
  return mask.map((value) => (value === 0 ? 0 : 1));
}

/** A pixel that is partly transparent counts as missing: rio-tiler's rule. */
function opaque(alpha: NumberArray, dataset: Dataset, { alphaBand }: Reading): Uint8Array {
  let full = RANGE[dataset.dataType][1];
  // An alpha plane that was added while warping may go to 255 in any type.
  if (alphaBand === null && largest(alpha) === 255) full = 255;
  const valid = new Uint8Array(alpha.length);
  for (let i = 0; i < alpha.length; i++) valid[i] = alpha[i] === full ? 1 : 0;
  return valid;
}

function largest(values: NumberArray): number {
  let max = -Infinity;
  for (const value of values) if (value > max) max = value;
  return max;
}

function shared(valid: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => valid);
}

function toBytes(alpha: NumberArray, { dataType }: Dataset): Uint8Array {
  if (alpha instanceof Uint8Array) return alpha;
  const [min, max] = RANGE[dataType];
  return Uint8Array.from(alpha, (value) => Math.trunc(((value - min) / (max - min)) * 255));
}

/** In single precision after each step, as numpy does it in place. */
function unscaled(values: NumberArray, dataset: Dataset, band: number): Float32Array {
  const { scale = 1, offset = 0 } = dataset.bands[band - 1] ?? {};
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++)
    out[i] = Math.fround(Math.fround(values[i] as number) * scale) + offset;
  return out;
}

function statisticsOf(
  dataset: Dataset,
  bands: readonly number[],
  unscale: boolean,
): (readonly [number, number])[] | null {
  const found: (readonly [number, number])[] = [];
  for (const band of bands) {
    const info = dataset.bands[band - 1];
    const min = Number(info?.metadata['STATISTICS_MINIMUM'] ?? NaN);
    const max = Number(info?.metadata['STATISTICS_MAXIMUM'] ?? NaN);
    if (info === undefined || Number.isNaN(min) || Number.isNaN(max)) return null;
    found.push(unscale ? [min * info.scale + info.offset, max * info.scale + info.offset] : [min, max]);
  }
  return found;
}
