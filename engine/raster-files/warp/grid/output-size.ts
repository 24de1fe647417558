import { roundHalfEven } from './affine.js';

/** What was asked for; pixels. */
export interface AskedSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly maxSize?: number | undefined;
}

/** rio-tiler's `output_size`: of an area that has width × height pixels in the file. `maxSize` counts only where nothing else is given. */
export function outputSize(
  width: number,
  height: number,
  asked: AskedSize,
): { readonly width: number; readonly height: number } {
  let outWidth = asked.width;
  let outHeight = asked.height;
  if (outWidth === undefined && outHeight === undefined && asked.maxSize !== undefined) {
    [outWidth, outHeight] = within(asked.maxSize, roundHalfEven(width), roundHalfEven(height));
  } else if (outWidth !== undefined && outHeight === undefined) {
    outHeight = Math.ceil(outWidth * (height / width));
  } else if (outHeight !== undefined && outWidth === undefined) {
    outWidth = Math.ceil(outHeight / (height / width));
  }
  return {
    width: Math.max(1, outWidth ?? roundHalfEven(width)),
    height: Math.max(1, outHeight ?? roundHalfEven(height)),
  };
}

function within(maxSize: number, width: number, height: number): [number, number] {
  if (Math.max(width, height) < maxSize) return [width, height];
  const ratio = height / width;
  return ratio > 1 ? [Math.ceil(maxSize / ratio), maxSize] : [maxSize, Math.ceil(maxSize * ratio)];
}
