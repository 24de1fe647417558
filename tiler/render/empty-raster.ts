import type { Raster } from '../../engine/raster.js';
import type { LayerInfo } from '../tiles/tile-service.js';

/**
 * What a layer holds where there is nothing: nodata all over, no observation, nothing in the mask. The types are the
 * archive's. @param side pixels
 */
export function emptyRaster(layer: Pick<LayerInfo, 'kind'>, side: number): Raster {
  const pixels = side * side;
  const one = { bands: 1, width: side, height: side };
  switch (layer.kind) {
    case 'classes':
    case 'percent':
      return { ...one, data: new Uint8Array(pixels).fill(255), nodata: 255 };
    case 'count':
      return { ...one, data: new Uint8Array(pixels), nodata: null };
    case 'feature':
      return { ...one, data: new Float32Array(pixels).fill(Number.NaN), nodata: Number.NaN };
    case 'rgb':
      return {
        ...one,
        bands: 3,
        data: new Uint8Array(3 * pixels),
        nodata: null,
        mask: new Uint8Array(pixels),
      };
  }
}
