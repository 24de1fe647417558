import { checkRaster, type Raster } from '../raster.js';
import { encodeCog } from './cog.js';
import type { CogOptions } from './cog-options.js';
import { bandDescriptions, categoryNamesAuxXml, classNameItems, type GdalItem } from './gdal-metadata.js';
import { mapTransform, type MapWindow } from './map-window.js';
import { overviewCount, overviews, type Reducer } from './overviews.js';

/**
 * What is computed and kept of a metatile. `feature`: any of FEATURE_ORDER_V1; the names of the others are their files'.
 */
export type ProductKind =
  'classes' | 'confidence' | 'observations' | 'truecolor' | 'probabilities' | 'baseline' | 'feature';

/** A file of the archive, in memory. */
export interface EncodedProduct {
  /** Cloud Optimized GeoTIFF. */
  readonly tif: Uint8Array;
  /** The `.aux.xml` beside it: names of classes. */
  readonly auxXml?: string;
}

export interface ProductOptions {
  readonly window: MapWindow;
  /** Names by class id: of `classes`, `baseline`, and the bands of `probabilities`. */
  readonly classes?: readonly string[];
  /** `#rrggbb` by class id. */
  readonly palette?: readonly string[];
  /** Further GDAL metadata: provenance. */
  readonly metadata?: readonly GdalItem[];
}

/** The edge of a block is the edge of an XYZ tile. */
export const PRODUCT_BLOCK = 256;

/** One zoom step is one halving: until the picture fits into a tile. */
export const productLevels = (width: number, height: number): number =>
  overviewCount(width, height, PRODUCT_BLOCK);

const RESERVED = new Set(['classes', 'confidence', 'observations', 'truecolor', 'probabilities']);

/** Kind of a product by its name: what is none of the fixed names is a feature. */
export function productKind(name: string): ProductKind {
  if (RESERVED.has(name)) return name as ProductKind;
  return name === 'dw_baseline' ? 'baseline' : 'feature';
}

/** Classes are never averaged; everything else is a number. */
export function productReducer(kind: ProductKind): Reducer {
  return kind === 'classes' || kind === 'baseline' ? 'mode' : 'mean';
}

/**
 * A product as it is archived: EPSG:3857, 256 blocks, DEFLATE, overviews by {@link productReducer} until one block holds
 * the picture. Types: classes, confidence, observations, probabilities (a band a class), baseline: uint8; truecolor:
 * uint8 × 3 with mask; feature: float32, NaN.
 * @throws RangeError where the raster is not of the product's type
 */
export async function encodeProduct(
  name: string,
  raster: Raster,
  options: ProductOptions,
): Promise<EncodedProduct> {
  const kind = productKind(name);
  checkProduct(name, kind, raster);
  const levels = productLevels(raster.width, raster.height);
  const tif = await encodeCog({
    raster,
    overviews: overviews(raster, productReducer(kind), levels),
    epsg: 3857,
    transform: mapTransform(options.window),
    blockSize: PRODUCT_BLOCK,
    ...productCoding(kind, options),
    metadata: [...productItems(name, kind, options), ...(options.metadata ?? [])],
  });
  const named = (kind === 'classes' || kind === 'baseline') && options.classes !== undefined;
  return named ? { tif, auxXml: categoryNamesAuxXml(options.classes ?? []) } : { tif };
}

/** What means "nothing there" in a product's values; null where every value counts. */
export function productNodata(kind: ProductKind): number | null {
  if (kind === 'feature') return NaN;
  return kind === 'observations' || kind === 'truecolor' ? null : 255;
}

/**
 * Predictor, photometric interpretation and colours of a product: the same in the archive and in single tiles. On medians of
 * real 10 m seasons predictor 2 makes true colour 13 to 15 % and percentages 9 % smaller; classes are no numbers to be
 * differenced. The archive's reader expects exactly this: a change is a new engine epoch.
 */
export function productCoding(
  kind: ProductKind,
  options: Pick<ProductOptions, 'palette'>,
): Pick<CogOptions, 'predictor' | 'photometric' | 'colors'> {
  switch (kind) {
    case 'classes':
    case 'baseline':
      return options.palette === undefined
        ? { predictor: 1 }
        : { predictor: 1, photometric: 'palette', colors: options.palette };
    case 'truecolor':
      return { predictor: 2, photometric: 'rgb' };
    case 'feature':
      return { predictor: 3 };
    case 'confidence':
    case 'observations':
    case 'probabilities':
      return { predictor: 2 };
  }
}

/** Names of classes and bands as GDAL's metadata. */
export function productItems(
  name: string,
  kind: ProductKind,
  options: Pick<ProductOptions, 'classes'>,
): GdalItem[] {
  const classes = options.classes ?? [];
  switch (kind) {
    case 'classes':
    case 'baseline':
      return [...bandDescriptions([name]), ...classNameItems(classes)];
    case 'probabilities':
      return bandDescriptions(classes);
    case 'truecolor':
      return bandDescriptions(['red', 'green', 'blue']);
    case 'confidence':
    case 'observations':
    case 'feature':
      return bandDescriptions([name]);
  }
}

export function checkProduct(name: string, kind: ProductKind, raster: Raster): void {
  checkRaster(raster);
  const float = kind === 'feature';
  if (float !== raster.data instanceof Float32Array || (!float && !(raster.data instanceof Uint8Array))) {
    throw new RangeError(
      `${name}: got ${raster.data.constructor.name}, expected ${float ? 'float32' : 'uint8'}`,
    );
  }
  const bands = kind === 'truecolor' ? 3 : kind === 'probabilities' ? raster.bands : 1;
  if (raster.bands !== bands) throw new RangeError(`${name}: got ${raster.bands} bands, expected ${bands}`);
  if ((kind === 'truecolor') !== (raster.mask !== undefined)) {
    throw new RangeError(
      `${name}: ${raster.mask === undefined ? 'expected a mask' : 'got a mask, expected none'}`,
    );
  }
  const expected = productNodata(kind);
  if (!Object.is(raster.nodata, expected)) {
    throw new RangeError(`${name}: got nodata ${String(raster.nodata)}, expected ${String(expected)}`);
  }
}
