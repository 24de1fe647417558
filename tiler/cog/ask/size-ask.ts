import { GeoCropError } from '../../../engine/errors.js';
import type { Asked } from './asked.js';
import { positiveNumber } from './values.js';

/** Pixels of the answer; plain data. */
export interface SizeAsk {
  readonly width?: number;
  readonly height?: number;
  /** On the longer side, where neither width nor height is given. */
  readonly maxSize?: number;
}

/** A side of a picture: larger ones are no pictures any more. What all of it may hold is limited further on. */
export const MOST_SIDE = 16_384;

/** `width`, `height` and `max_size`. @param path of `{width}x{height}`, goes before the query @throws bad-request */
export function sizeAsk(
  asked: Asked,
  path: { readonly width?: string | undefined; readonly height?: string | undefined },
  defaultMaxSize?: number,
): SizeAsk {
  const side = (name: 'width' | 'height' | 'max_size', given?: string): number | undefined => {
    const value =
      given === undefined ? asked.get(name, positiveNumber, 'a whole number above 0') : positiveNumber(given);
    if (given !== undefined && value === undefined) throw sizeError(`"${given}" is not a ${name} in pixels.`);
    if (value !== undefined && value > MOST_SIDE)
      throw sizeError(`${name} = ${value} is more than ${MOST_SIDE} pixels.`);
    return value;
  };
  const width = side('width', path.width);
  const height = side('height', path.height);
  const maxSize = side('max_size') ?? defaultMaxSize;
  if (width !== undefined || height !== undefined) {
    return {
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    };
  }
  return maxSize === undefined ? {} : { maxSize };
}

/** `tilesize`. */
export function tileSize(asked: Asked): number | undefined {
  const size = asked.get('tilesize', positiveNumber, 'a whole number above 0');
  if (size !== undefined && size > MOST_SIDE)
    throw sizeError(`tilesize = ${size} is more than ${MOST_SIDE} pixels.`);
  return size;
}

function sizeError(message: string): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: `Sizes are whole numbers of pixels from 1 to ${MOST_SIDE}.`,
  });
}
