import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { DataType } from '../../../engine/windows/cog-header.js';

export function dataTypeOf(values: NumberArray): DataType {
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Int8Array) return 'int8';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Int16Array) return 'int16';
  if (values instanceof Uint32Array) return 'uint32';
  if (values instanceof Int32Array) return 'int32';
  return values instanceof Float32Array ? 'float32' : 'float64';
}

export function emptyOf(type: DataType, length: number): NumberArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
  }
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** Smallest and largest value: rasterio's `dtype_ranges`. */
export const TYPE_RANGES: Readonly<Record<DataType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
  float32: [-FLOAT32_MAX, FLOAT32_MAX],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
};

export const isUnsigned = (type: DataType): boolean => TYPE_RANGES[type][0] === 0;
export const isFloat = (type: DataType): boolean => type === 'float32' || type === 'float64';

/** The one type of all bands. */
export function typeOfBands(bands: readonly NumberArray[]): DataType {
  const types = new Set(bands.map(dataTypeOf));
  const [type] = types;
  if (type === undefined || types.size !== 1) {
    throw new RangeError(`bands: got types ${[...types].join(', ') || 'none'}, expected one type`);
  }
  return type;
}
