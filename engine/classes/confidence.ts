import { NODATA_CLASS } from './bundle.js';

export interface ConfidenceInput {
  /** The classes finally given: inner pixels, row-major, (width − 2 · halo) × (height − 2 · halo); 255: nodata. */
  readonly classes: Uint8Array;
  /** The classifier's percents with the halo: class c of pixel i at [c · width · height + i]. */
  readonly percent: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly halo: number;
}

/** Percent of the class finally given, by inner pixel: 0 to 100, 255 for nodata. */
export function confidenceOf({ classes, percent, width, height, halo }: ConfidenceInput): Uint8Array {
  const innerWidth = width - 2 * halo;
  const innerHeight = height - 2 * halo;
  if (classes.length !== innerWidth * innerHeight) {
    throw new RangeError(`classes: got ${classes.length} values, expected ${innerWidth * innerHeight}`);
  }
  const plane = width * height;
  const out = new Uint8Array(classes.length).fill(NODATA_CLASS);
  for (let y = 0; y < innerHeight; y++) {
    for (let x = 0; x < innerWidth; x++) {
      const i = y * innerWidth + x;
      const id = classes[i]!;
      if (id !== NODATA_CLASS) out[i] = percent[id * plane + (y + halo) * width + x + halo]!;
    }
  }
  return out;
}
