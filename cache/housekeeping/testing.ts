import type { StacItem } from '../../engine/encode/stac-item.js';
import type { EncodedProduct } from '../../engine/encode/products.js';
import { Archive } from '../archive.js';
import type { Metatile } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';

/** For tests only: names as the archive has them, made of one digit, and metatiles of some bytes that are no pictures. */
export const RECIPE = 'a'.repeat(16);
export const OTHER_RECIPE = 'b'.repeat(16);
export const SEASON = 'summer-2021';
export const scenesOf = (digit: string): string => digit.repeat(64);

export const EMPTY_ITEM: StacItem = {
  type: 'Feature',
  stac_version: '1.0.0',
  stac_extensions: [],
  id: 'x',
  geometry: { type: 'Polygon', coordinates: [] },
  bbox: [0, 0, 1, 1],
  properties: {},
  links: [],
  assets: {},
};

export const products = (bytes: number): ReadonlyMap<string, EncodedProduct> =>
  new Map([
    ['classes', { tif: new Uint8Array(bytes).fill(1), auxXml: '<names/>' }],
    ['confidence', { tif: new Uint8Array(bytes).fill(2) }],
  ]);

/** Writes one version, as whoever computes does. */
export async function writeVersion(
  store: ObjectStore,
  metatile: Metatile,
  scenes: string,
  {
    recipe = RECIPE,
    season = SEASON,
    bytes = 1000,
    lookedUpAt,
  }: {
    readonly recipe?: string;
    readonly season?: string;
    readonly bytes?: number;
    readonly lookedUpAt?: string;
  } = {},
): Promise<void> {
  await new Archive(store).writeMetatile(recipe, season, metatile, scenes, {
    products: products(bytes),
    item: EMPTY_ITEM,
    ...(lookedUpAt === undefined ? {} : { lookedUpAt }),
  });
}

export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list('geocrop-results', prefix)) keys.push(key);
  return keys;
}
