import { GeoCropError } from '../../../engine/errors.js';

/** Before anything is read. @throws area-too-large with the values that it would be */
export function checkValues(width: number, height: number, bands: number, mostValues: number): void {
  const values = width * height * bands;
  if (values <= mostValues) return;
  const what = `A picture of ${width} × ${height} pixels with ${bands} ${bands === 1 ? 'band' : 'bands'}`;
  throw new GeoCropError('area-too-large', `${what} is too large for one request.`, {
    hint: 'Ask for a smaller max_size, width and height, or for fewer bands.',
    context: { width, height, bands, values },
  });
}
