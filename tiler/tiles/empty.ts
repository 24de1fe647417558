import { NO_CLASS } from '../../engine/metatile/planes.js';
import type { Raster } from '../../engine/raster.js';
import type { LayerInfo } from './tile-service.js';

/** A tile of a layer with nothing in it, in the layer's archived type. */
export function emptyRaster(layer: LayerInfo, size: number): Raster {
  const shape = { width: size, height: size };
  const pixels = size * size;
  switch (layer.kind) {
    case 'classes':
    case 'percent':
      return { ...shape, bands: 1, data: new Uint8Array(pixels).fill(NO_CLASS), nodata: NO_CLASS };
    case 'count':
      return { ...shape, bands: 1, data: new Uint8Array(pixels), nodata: null };
    case 'rgb':
      return {
        ...shape,
        bands: 3,
        data: new Uint8Array(3 * pixels),
        nodata: null,
        mask: new Uint8Array(pixels),
      };
    case 'feature':
      return { ...shape, bands: 1, data: new Float32Array(pixels).fill(NaN), nodata: NaN };
  }
}
