import type { GdalItem } from '../../engine/encode/gdal-metadata.js';
import { mapTransform } from '../../engine/encode/map-window.js';
import {
  PRODUCT_BLOCK,
  productCoding,
  productItems,
  productKind,
  productNodata,
  productReducer,
  type ProductOptions,
} from '../../engine/encode/products.js';
import { StreamingCog } from '../../engine/encode/streaming-cog.js';
import type { PixelWindow } from '../../engine/geo/pixel-cut.js';
import type { WorkerPool } from '../../engine/workers/pool.js';

export interface ProductCogOptions {
  /** The COG; it grows beside its name until it is committed. */
  readonly path: string;
  readonly window: PixelWindow;
  /** Its name decides type, nodata, colours and overviews. */
  readonly product: string;
  readonly classes?: Pick<ProductOptions, 'classes' | 'palette'>;
  /** Further GDAL metadata. */
  readonly metadata?: readonly GdalItem[];
}

/** What has no nodata value of its own is told from nothing by a mask. */
export const isMasked = (product: string): boolean => productNodata(productKind(product)) === null;

/** A COG of a window of the map with the tags of an archived product, compressed in the pool's threads. */
export function createProductCog(
  pool: WorkerPool,
  { path, window, product, classes = {}, metadata = [] }: ProductCogOptions,
): Promise<StreamingCog> {
  const kind = productKind(product);
  return StreamingCog.create({
    path,
    width: window.width,
    height: window.height,
    bands: kind === 'truecolor' ? 3 : 1,
    format: kind === 'feature' ? 'float32' : 'uint8',
    nodata: productNodata(kind),
    masked: isMasked(product),
    reducer: productReducer(kind),
    epsg: 3857,
    transform: mapTransform({ zoom: window.zoom, px0: window.x, py0: window.y }),
    blockSize: PRODUCT_BLOCK,
    ...productCoding(kind, classes),
    metadata: [...productItems(product, kind, classes), ...metadata],
    code: (task) => pool.run('strip', task),
    // One in each thread, and one that waits for it.
    atOnce: 2 * pool.threads,
  });
}
