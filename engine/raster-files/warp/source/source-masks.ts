import type { NumberArray } from '../../dataset.js';

/** 1 where at least one band has a value, 0 where all are nodata; null where every pixel counts. GDAL's UNIFIED_SRC_NODATA. */
export function unifiedValidity(bands: readonly NumberArray[], nodata: number): Uint8Array | null {
  const [first] = bands;
  if (first === undefined) return null;
  const valid = new Uint8Array(first.length);
  let counted = 0;
  for (const values of bands) counted += mark(values, nodata, valid);
  return counted === first.length ? null : valid;
}

/** How many pixels were marked that were not before. */
function mark(values: NumberArray, nodata: number, valid: Uint8Array): number {
  let marked = 0;
  const missing = values instanceof Float32Array ? Math.fround(nodata) : nodata;
  const nan = Number.isNaN(nodata);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (valid[i] === 1 || (nan ? Number.isNaN(value) : value === missing)) continue;
    valid[i] = 1;
    marked += 1;
  }
  return marked;
}

/** Alpha as a share, 0 to 1; null where all is opaque. */
export function unifiedDensity(alpha: NumberArray, opaque: number): Float32Array | null {
  const density = new Float32Array(alpha.length);
  const scale = 1 / opaque;
  let seen = 0;
  for (let i = 0; i < alpha.length; i++) {
    const share = Math.min(1, Math.max(0, (alpha[i] as number) * scale));
    density[i] = share;
    if (share < 1) seen += 1;
  }
  return seen === 0 ? null : density;
}
