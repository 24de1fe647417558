import { matrixSize, MERCATOR_HALF_WIDTH } from '../geo/tile-matrix.js';
import type { Affine } from '../windows/cog-header.js';

/** A rectangle of the web-mercator grid, by the global pixel of its upper left corner. */
export interface MapWindow {
  readonly zoom: number;
  readonly px0: number;
  readonly py0: number;
}

/** EPSG:3857 metres of the window's pixels. */
export function mapTransform({ zoom, px0, py0 }: MapWindow): Affine {
  const pixel = (2 * MERCATOR_HALF_WIDTH) / matrixSize(zoom);
  return [pixel, 0, -MERCATOR_HALF_WIDTH + px0 * pixel, 0, -pixel, MERCATOR_HALF_WIDTH - py0 * pixel];
}
