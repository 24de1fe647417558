import { GeoCropError } from '../../../engine/errors.js';

/** @param masked whether one of them is the mask */
export function refuseBands(format: string, bands: number, masked: boolean, may: string): GeoCropError {
  const what = masked ? `${bands - 1} bands and a mask` : `${bands} bands`;
  return new GeoCropError('bad-request', `${format} cannot hold ${what}: ${may}.`, {
    hint: 'Choose bands with bidx or expression, or ask for tif or npy.',
    context: { bands },
  });
}
