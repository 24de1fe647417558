import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import { INTEGER_RANGE, type DataType } from '../../../engine/windows/cog-header.js';

export function dataTypeOf(values: NumberArray): DataType {
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Int8Array) return 'int8';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Int16Array) return 'int16';
  if (values instanceof Uint32Array) return 'uint32';
  if (values instanceof Int32Array) return 'int32';
  return values instanceof Float32Array ? 'float32' : 'float64';
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** Smallest and largest value: rasterio's `dtype_ranges`. */
export const TYPE_RANGES: Readonly<Record<DataType, readonly [number, number]>> = {
  ...INTEGER_RANGE,
  float32: [-FLOAT32_MAX, FLOAT32_MAX],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
};

export const isUnsigned = (type: DataType): boolean => TYPE_RANGES[type][0] === 0;

/** The one type of all bands. */
export function typeOfBands(bands: readonly NumberArray[]): DataType {
  const types = new Set(bands.map(dataTypeOf));
  const [type] = types;
  if (type === undefined || types.size !== 1) {
    throw new RangeError(`bands: got types ${[...types].join(', ') || 'none'}, expected one type`);
  }
  return type;
}
