import type { NumberArray } from './dataset.js';

/** A mask out of an alpha band's values: those of eight bits as they are, of sixteen rescaled. */
export function alphaMask(alpha: NumberArray): Uint8Array {
  if (alpha instanceof Uint8Array) return alpha;
  const mask = new Uint8Array(alpha.length);
  for (let i = 0; i < alpha.length; i += 1) {
    const value = alpha[i]!;
    // What is not wholly transparent never becomes so. Source: gdal/gcore/gdalrescaledalphaband.cpp.
    mask[i] = value > 0 && value < 257 ? 1 : Math.floor((value * 255) / 65535);
  }
  return mask;
}
