import type { BlockArray } from './block-spec.js';

/** Source: GDALChecksumImage in gdal/alg/gdalchecksum.cpp (GDAL 3.6). */
const PRIMES = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];
const INT_MAX = 2147483647;

/** GDAL's checksum of one band, row-major: what `gdalinfo -checksum` says. For tests. */
export function gdalChecksum(values: BlockArray): number {
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  let sum = 0;
  let prime = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = isFloat ? toInt32(values[i]!) : values[i]!;
    sum = (sum + (value % PRIMES[prime]!)) & 0xffff;
    prime = prime === PRIMES.length - 1 ? 0 : prime + 1;
  }
  return sum;
}

function toInt32(value: number): number {
  if (!Number.isFinite(value)) return -INT_MAX - 1;
  return Math.floor(Math.min(Math.max(value + 0.5, -INT_MAX), INT_MAX));
}
