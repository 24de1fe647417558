import { randomBytes } from 'node:crypto';
import type { TileId } from '../engine/geo/tile-matrix.js';
import type { Quarter } from '../engine/encode/reduce-block.js';
import type { Bucket } from './object-store.js';

export const PYRAMID_BUCKET: Bucket = 'geocrop-results';

/** Zooms that have nodes: each holds its own zoom and the three above it. */
export const NODE_ZOOMS = [8, 4, 0] as const;
/** Zooms of a node; also how many zooms lie between it and the nodes (or metatiles) that it is made of. */
export const NODE_LEVELS = 4;
/** Of the tiles that a full-resolution side of a node has. */
export const NODE_TILES = 2 ** (NODE_LEVELS - 1);
/** The zoom of the nodes that are made of metatiles: everything that is known of metatiles is kept by these cells. */
export const CELL_ZOOM = 8;

/** The node that holds a tile of zoom 0 to 11. */
export function nodeOf(tile: TileId): TileId {
  const up = tile.z % NODE_LEVELS;
  return { z: tile.z - up, x: tile.x >> up, y: tile.y >> up };
}

/** The tile of zoom `z` that a tile lies in. */
export function ancestor(tile: TileId, z: number): TileId {
  const up = tile.z - z;
  return { z, x: tile.x >> up, y: tile.y >> up };
}

export const isSameTile = (a: TileId, b: TileId): boolean => a.z === b.z && a.x === b.x && a.y === b.y;

export function distinctTiles(tiles: readonly TileId[]): TileId[] {
  return [...new Map(tiles.map((tile) => [`${tile.z}/${tile.x}/${tile.y}`, tile])).values()];
}

/** Where in its parent a tile lies. */
export function quarterOf({ x, y }: TileId): Quarter {
  return (((y & 1) << 1) | (x & 1)) as Quarter;
}

/** One map and season: what nodes are made of. */
export interface PyramidName {
  /** Digits of a pixels or map recipe's digest. */
  readonly recipe: string;
  /** `summer-2021` */
  readonly season: string;
}

export function nodePrefix({ recipe, season }: PyramidName, { z, x, y }: TileId): string {
  return `pyramid/${recipe}/${season}/${z}/${x}/${y}/`;
}

/** Versions count from 1; in eight digits their order is their keys'. */
const DIGITS = 8;
export const versionKey = (prefix: string, version: number): string =>
  `${prefix}${String(version).padStart(DIGITS, '0')}.json`;

/** The version that a key names; undefined where it is none. */
export function versionOf(prefix: string, key: string): number | undefined {
  const [, digits] = /^(\d{8})\.json$/.exec(key.slice(prefix.length)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** A folder for a version's products that nobody else writes to. */
export function newFolder(version: number): string {
  return `${String(version).padStart(DIGITS, '0')}-${randomBytes(6).toString('hex')}`;
}

/** @param folder of the version's document */
export const nodeProductKey = (prefix: string, folder: string, product: string): string =>
  `${prefix}${folder}/${product}.tif`;

/** Where marks are: what has changed and is not in the pyramid yet. */
export const MARKS_PREFIX = 'pyramid/marks/';
