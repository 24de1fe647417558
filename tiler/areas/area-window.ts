import { GeoCropError } from '../../engine/errors.js';
import type { PixelWindow } from '../../engine/geo/pixel-cut.js';
import { lonLatToPixel, NATIVE_ZOOM, type Bounds } from '../../engine/geo/tile-matrix.js';

/** Every native map pixel that the box touches. @throws bad-request */
export function windowOf([west, south, east, north]: Bounds): PixelWindow {
  if (!(west < east && south < north)) {
    throw new GeoCropError(
      'bad-request',
      `The area ${[west, south, east, north].join(', ')} is empty or turned round.`,
      { hint: 'west,south,east,north in degrees.' },
    );
  }
  const first = lonLatToPixel(NATIVE_ZOOM, west, north);
  const last = lonLatToPixel(NATIVE_ZOOM, east, south);
  return { zoom: NATIVE_ZOOM, ...first, width: last.x - first.x + 1, height: last.y - first.y + 1 };
}
