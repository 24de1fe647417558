import { RAMPS } from './ramps.js';

export type ColormapName = keyof typeof RAMPS;
export const COLORMAPS = Object.keys(RAMPS) as ColormapName[];

/** Colours of a ramp: the palette's entries 0 to 254. Entry 255 is "no data", transparent. */
export const RAMP_STEPS = 255;
export const NODATA_INDEX = 255;

export function isColormap(name: string): name is ColormapName {
  return Object.hasOwn(RAMPS, name);
}

/** `#rrggbb` from low to high, {@link RAMP_STEPS} of them. */
export function rampColors(name: ColormapName): readonly string[] {
  const text = RAMPS[name];
  return Array.from({ length: RAMP_STEPS }, (_, at) => `#${text.slice(6 * at, 6 * at + 6)}`);
}

/**
 * Place of a value on the ramp: `min` is step 0, `max` step 254, what lies beyond takes the end's colour.
 * NaN gives {@link NODATA_INDEX}.
 */
export function rampIndex(value: number, min: number, max: number): number {
  if (Number.isNaN(value)) return NODATA_INDEX;
  const step = Math.round(((value - min) / (max - min)) * (RAMP_STEPS - 1));
  return Math.min(RAMP_STEPS - 1, Math.max(0, step));
}
