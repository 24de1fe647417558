import type { NumberArray } from '../../../engine/raster-files/dataset.js';

/** Bands side by side in each pixel. @param out bands · pixels values of the bands' type */
export function interleave<T extends NumberArray>(bands: readonly NumberArray[], out: T): T {
  const step = bands.length;
  bands.forEach((band, at) => {
    for (let i = 0, to = at; i < band.length; i++, to += step) out[to] = band[i] as number;
  });
  return out;
}

/** 16-bit values with the high byte first, as PNG wants them. */
export function bigEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value;
  }
  return bytes;
}
