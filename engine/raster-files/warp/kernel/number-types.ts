import { INTEGER_RANGE, isFloat, type DataType } from '../../../windows/cog-header.js';

/** Smallest and largest value; of floats, what a clamp never reaches. */
export const RANGE: Readonly<Record<DataType, readonly [min: number, max: number]>> = {
  ...INTEGER_RANGE,
  float32: [-Infinity, Infinity],
  float64: [-Infinity, Infinity],
};

/** GDAL's way from a double to a pixel: clamped, halves upwards. NaN becomes 0 in whole numbers. */
export function toPixel(value: number, type: DataType): number {
  if (isFloat(type)) return value;
  const [min, max] = RANGE[type];
  if (!(value > min)) return Number.isNaN(value) ? 0 : min;
  if (value >= max) return max;
  return Math.floor(value + 0.5);
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The value next to nodata that GDAL writes where a valid pixel would come out as nodata. */
export function besideNodata(nodata: number, type: DataType): number {
  if (!isFloat(type)) return nodata === RANGE[type][0] ? nodata + 1 : nodata - 1;
  if (type === 'float64')
    return nodata === 0 ? Number.MIN_VALUE : nodata * (1 + Number.EPSILON * Math.sign(nodata));
  float[0] = nodata;
  if (nodata === 0) bits[0] = 1;
  else bits[0] = (bits[0] as number) + (nodata > 0 ? 1 : -1);
  return float[0];
}

/** What GDAL's overview kernels write in place of nodata: the next value up, or down from the largest. */
export function replacement(nodata: number, type: DataType): number {
  if (isFloat(type)) return besideNodata(nodata, type);
  return nodata === RANGE[type][1] ? nodata - 1 : nodata + 1;
}
