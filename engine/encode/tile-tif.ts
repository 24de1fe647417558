import { TILE_SIZE, type TileId } from '../geo/tile-matrix.js';
import type { Raster } from '../raster.js';
import { encodeCog } from './cog.js';
import { mapTransform } from './map-window.js';
import {
  checkProduct,
  PRODUCT_BLOCK,
  productCoding,
  productItems,
  productKind,
  type ProductOptions,
} from './products.js';

/**
 * One tile as a small GeoTIFF, EPSG:3857, with the product's type, nodata, mask, colours and names.
 * @param raster 256 × 256, or 512 × 512 for @2x: a whole multiple of a tile's side covers the same ground
 */
export async function encodeTileTif(
  name: string,
  raster: Raster,
  tile: TileId,
  options: Pick<ProductOptions, 'classes' | 'palette' | 'metadata'> = {},
): Promise<Uint8Array> {
  const kind = productKind(name);
  checkProduct(name, kind, raster);
  const scale = Math.log2(raster.width / TILE_SIZE);
  if (!Number.isInteger(scale) || scale < 0 || raster.width !== raster.height) {
    throw new RangeError(`tile: got ${raster.width} × ${raster.height}, expected 256 × 256 or 512 × 512`);
  }
  return encodeCog({
    raster,
    epsg: 3857,
    transform: mapTransform({
      zoom: tile.z + scale,
      px0: tile.x * raster.width,
      py0: tile.y * raster.height,
    }),
    blockSize: PRODUCT_BLOCK,
    ...productCoding(kind, options),
    metadata: [...productItems(name, kind, options), ...(options.metadata ?? [])],
  });
}
