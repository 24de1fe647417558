import type { Bucket } from './object-store.js';

export const ARCHIVE_BUCKET: Bucket = 'geocrop-results';

/** A z12 tile. */
export interface Metatile {
  readonly x: number;
  readonly y: number;
}

/**
 * Keys of one metatile of one map and season. docs/architecture.md, "Storage".
 * @param recipe digits of a pixels or map recipe's digest @param season `summer-2021`
 */
export function metatilePrefix(recipe: string, season: string, metatile: Metatile): string {
  return `archive/${recipe}/${season}/12/${metatile.x}/${metatile.y}`;
}

export const currentKey = (prefix: string): string => `${prefix}/current.json`;
export const itemKey = (prefix: string, scenes: string): string => `${prefix}/${scenes}/item.json`;
export const productKey = (prefix: string, scenes: string, product: string): string =>
  `${prefix}/${scenes}/${product}.tif`;
export const auxKey = (prefix: string, scenes: string, product: string): string =>
  `${productKey(prefix, scenes, product)}.aux.xml`;
