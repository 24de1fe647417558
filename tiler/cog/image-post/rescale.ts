import type { NumberArray } from '../../../engine/raster-files/dataset.js';

export type Range = readonly [min: number, max: number];

/**
 * Values of `range` to 0…255, cut beyond it, as rio-tiler's `linear_rescale` and `rescale_image` do it: in float64, stored
 * in the band's own type first (so float32 is rounded to float32), then cut to whole numbers towards 0.
 * @param valid 0 where the answer is 0; null: every value is rescaled
 */
export function rescaleBand(
  values: NumberArray,
  [min, max]: Range,
  valid: ArrayLike<number> | null,
): Uint8Array {
  const out = new Uint8Array(values.length);
  const width = max - min;
  const single = values instanceof Float32Array;
  for (let i = 0; i < values.length; i++) {
    if (valid !== null && valid[i] === 0) continue;
    const value = values[i] as number;
    // NumPy's clip: the lower bound first, so that the upper one wins where they are crossed. NaN stays NaN, and becomes 0.
    const raised = value < min ? min : value;
    const cut = raised > max ? max : raised;
    const place = ((cut - min) / width) * 255;
    out[i] = single ? Math.fround(place) : place;
  }
  return out;
}

/** The range of a band: its own, or the first for all where there are not as many as bands. */
export function rangeOf(ranges: readonly Range[], band: number, bands: number): Range {
  const range = ranges.length === bands ? ranges[band] : ranges[0];
  if (range === undefined) throw new RangeError('rescale: expected at least one range');
  return range;
}
