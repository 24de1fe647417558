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

/** One file of one version of a metatile; `file` is `item.json`, or a product's `{product}.tif` or `….tif.aux.xml`. */
export interface ArchiveFile {
  readonly recipe: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly scenes: string;
  readonly file: string;
}

/** `current.json` of a metatile. */
export interface ArchivePointer {
  readonly recipe: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly file: 'current.json';
}

const KEY =
  /^archive\/([0-9a-f]{16})\/([^/]+-\d{4})\/12\/(0|[1-9]\d{0,3})\/(0|[1-9]\d{0,3})\/(?:(current\.json)|([0-9a-f]{64})\/([^/]+))$/;
const FILE = /^(?:item\.json|[0-9A-Za-z_]+\.tif(?:\.aux\.xml)?)$/;

/** What a key of the archive names; undefined for a key that is none of ours, which nobody may remove. */
export function parseArchiveKey(key: string): ArchiveFile | ArchivePointer | undefined {
  const [, recipe = '', season = '', x, y, pointer, scenes = '', file = ''] = KEY.exec(key) ?? [];
  if (recipe === '') return undefined;
  const metatile = { x: Number(x), y: Number(y) };
  if (pointer !== undefined) return { recipe, season, metatile, file: 'current.json' };
  return isVersionFile(file) ? { recipe, season, metatile, scenes, file } : undefined;
}

/** Whether a file of a version's folder is one that we write. */
export const isVersionFile = (name: string): boolean => FILE.test(name);
