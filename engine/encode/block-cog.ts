import { TILE_SIZE } from '../geo/tile-matrix.js';
import { blockGrid } from './cog-blocks.js';
import { ifdEntries } from './ifd-entries.js';
import { layoutCog, type CodedBlock, type CodedImage } from './cog-layout.js';
import { categoryNamesAuxXml } from './gdal-metadata.js';
import { mapTransform } from './map-window.js';
import {
  productCoding,
  productItems,
  productKind,
  productNodata,
  type EncodedProduct,
  type ProductOptions,
} from './products.js';
import { isMaskedInPyramid } from './reduce-block.js';

/** What is not there: readers give nodata, and the file holds no byte of it. */
export const SPARSE_BLOCK: CodedBlock = { image: null, mask: null };

/**
 * A product's COG put together from blocks that are coded already: a file in which few blocks have changed is written anew
 * without decoding the others.
 * @param levels full resolution first, each half as wide as the one before, down to one block; blocks row-major
 * @throws RangeError where a level has another number of blocks
 */
export function cogOfBlocks(
  product: string,
  levels: readonly (readonly CodedBlock[])[],
  options: ProductOptions,
): EncodedProduct {
  const kind = productKind(product);
  const bands = kind === 'truecolor' ? 3 : 1;
  const cog = {
    epsg: 3857,
    transform: mapTransform(options.window),
    ...productCoding(kind, options),
    metadata: [...productItems(product, kind, options), ...(options.metadata ?? [])],
  };
  const images = levels.map((blocks, level): CodedImage => {
    const across = 2 ** (levels.length - 1 - level);
    if (blocks.length !== across * across) {
      throw new RangeError(`level ${level}: got ${blocks.length} blocks, expected ${across * across}`);
    }
    const side = across * TILE_SIZE;
    const format = kind === 'feature' ? 'float32' : 'uint8';
    const shape = { width: side, height: side, bands, nodata: productNodata(kind), format } as const;
    const grid = blockGrid(side, side, TILE_SIZE);
    return {
      entries: ifdEntries(cog, shape, level, grid, 'image'),
      maskEntries: isMaskedInPyramid(kind) ? ifdEntries(cog, shape, level, grid, 'mask') : null,
      blocks,
    };
  });
  const chunks = layoutCog(images);
  if (chunks === null) throw new RangeError(`${product}: the blocks do not fit into a TIFF of 4 GiB`);
  const tif = Buffer.concat(chunks);
  return kind === 'classes' && options.classes !== undefined
    ? { tif, auxXml: categoryNamesAuxXml(options.classes) }
    : { tif };
}
