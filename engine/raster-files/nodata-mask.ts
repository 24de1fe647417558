import { INTEGER_RANGE, isFloat, type DataType } from '../windows/cog-header.js';
import type { NumberArray } from './dataset.js';

/** By the type that GDAL compares in: bytes with a sign as int32. Source: gdal/gcore/gdalnodatamaskband.cpp. */
const RANGES = { ...INTEGER_RANGE, int8: INTEGER_RANGE.int32 };
const FLOAT32_MAX = 3.4028234663852886e38;

/** Whether a value can be a type's nodata at all; GDAL leaves out of account what is not. */
export function nodataInRange(nodata: number, dataType: DataType): boolean {
  if (!isFloat(dataType)) return nodata >= RANGES[dataType][0] && nodata <= RANGES[dataType][1];
  return dataType === 'float64' || !Number.isFinite(nodata) || Math.abs(nodata) <= FLOAT32_MAX;
}

/** 0 where a value is nodata, 255 elsewhere, as GDAL decides: whole numbers exactly, others within a few units in the last place. */
export function nodataMask(values: NumberArray, nodata: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  if (values instanceof Float32Array) maskFloat32(values, Math.fround(nodata), mask);
  else if (values instanceof Float64Array) maskFloat64(values, nodata, mask);
  else maskWhole(values, Math.trunc(nodata), mask);
  return mask;
}

function maskWhole(values: NumberArray, nodata: number, mask: Uint8Array): void {
  for (let i = 0; i < values.length; i += 1) mask[i] = values[i] === nodata ? 0 : 255;
}

/** ARE_REAL_EQUAL of gdal/gcore/gdal_priv.h: 2 units of float32's precision, relative to the sum, for both widths. */
const TOLERANCE = 2 * 2 ** -23;

function maskFloat32(values: Float32Array, nodata: number, mask: Uint8Array): void {
  if (Number.isNaN(nodata)) {
    for (let i = 0; i < values.length; i += 1) mask[i] = Number.isNaN(values[i]) ? 0 : 255;
    return;
  }
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    const equal =
      value === nodata ||
      Math.abs(Math.fround(value - nodata)) < Math.fround(TOLERANCE * Math.abs(Math.fround(value + nodata)));
    mask[i] = equal ? 0 : 255;
  }
}

function maskFloat64(values: Float64Array, nodata: number, mask: Uint8Array): void {
  if (Number.isNaN(nodata)) {
    for (let i = 0; i < values.length; i += 1) mask[i] = Number.isNaN(values[i]) ? 0 : 255;
    return;
  }
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    const equal = value === nodata || Math.abs(value - nodata) < TOLERANCE * Math.abs(value + nodata);
    mask[i] = equal ? 0 : 255;
  }
}
