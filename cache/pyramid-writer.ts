import { cogOfBlocks, SPARSE_BLOCK } from '../engine/encode/block-cog.js';
import type { CodedBlock } from '../engine/encode/cog-layout.js';
import type { EncodedProduct } from '../engine/encode/products.js';
import type { BlockParts, Quarter, ReducedBlock } from '../engine/encode/reduce-block.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import { TILE_SIZE } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import {
  hasArchivedBlock,
  readArchivedBlock,
  readArchivedHeader,
  readCodedBlock,
  type ReadRange,
} from './archive-cog.js';
import type { ArchivedCog } from './archive-header.js';
import { placeIn } from './pyramid.js';
import { ancestor, distinctTiles, isSameTile, NODE_LEVELS, NODE_TILES, quarterOf } from './pyramid-keys.js';
import type { PyramidProducts } from './pyramid-map.js';

/** A child's values by product, 256 × 256: null where it holds nothing. */
export type ChildTile = ReadonlyMap<string, Raster | null>;

export interface NodeBuild {
  readonly node: TileId;
  readonly made: PyramidProducts;
  /** A product's file as it is; undefined: there is none, and all is made of the children. */
  readonly old: (product: string) => OldNode | undefined;
  /** Children, {@link NODE_LEVELS} zooms further in, whose pixels are new. */
  readonly changed: readonly TileId[];
  /** undefined where the child cannot be read: then nothing of it changes. */
  readonly read: (child: TileId) => Promise<ChildTile | undefined>;
  /** Does the arithmetic, elsewhere. */
  readonly reduce: (parts: BlockParts) => Promise<ReducedBlock>;
  readonly signal?: AbortSignal;
}

/** A product's file of a node, in memory. */
export interface OldNode {
  readonly key: string;
  readonly cog: ArchivedCog;
  readonly read: ReadRange;
}

/** Throws `store-corrupt` where the bytes are no such file. */
export async function openOldNode(bytes: Uint8Array, product: string, key: string): Promise<OldNode> {
  const read: ReadRange = async (start, end) => bytes.subarray(start, end);
  return { key, read, cog: await readArchivedHeader(read, product, key, 'node') };
}

/**
 * The files of a node with new children: only the blocks above these are made, each by replacing quarters of what it was; the others are
 * taken over as they are, compressed. One child is read at a time, and no more than four tiles a zoom are held.
 * undefined where no child could be read. Throws `store-corrupt` where an old file is damaged.
 */
export async function buildNode(build: NodeBuild): Promise<
  | {
      readonly products: ReadonlyMap<string, EncodedProduct>;
      readonly used: readonly TileId[];
    }
  | undefined
> {
  const { node, made, changed, signal } = build;
  const levels = new Map<string, CodedBlock[][]>();
  for (const product of made.products) levels.set(product, await codedLevels(node, build.old(product)));
  const used: TileId[] = [];

  const make = async (tile: TileId): Promise<ChildTile | undefined> => {
    signal?.throwIfAborted();
    const isFull = tile.z === node.z + NODE_LEVELS - 1;
    const parts: { readonly quarter: Quarter; readonly child: ChildTile }[] = [];
    for (const below of distinctTiles(changed.map((one) => ancestor(one, tile.z + 1)))) {
      if (!isBelow(below, tile)) continue;
      const child = isFull ? await build.read(below) : await make(below);
      if (child === undefined) continue;
      if (isFull) used.push(below);
      parts.push({ quarter: quarterOf(below), child });
    }
    if (parts.length === 0) return undefined;
    const out = new Map<string, Raster | null>();
    for (const product of made.products) {
      const place = placeIn(node, tile);
      const old = build.old(product);
      const base =
        old !== undefined && parts.length < 4 && hasArchivedBlock(old.cog, place, old.key)
          ? await readArchivedBlock(old.read, old.cog, product, place, old.key)
          : null;
      const own = parts.map(({ quarter, child }) => ({ quarter, tile: child.get(product) ?? null }));
      if (base === null && own.every(({ tile: part }) => part === null)) {
        out.set(product, null);
        continue;
      }
      const { raster, block } = await build.reduce({ product, base, parts: own });
      const blocks = levels.get(product)?.[place.level];
      if (blocks === undefined) throw new RangeError(`no level ${place.level}`);
      blocks[place.row * (NODE_TILES >> place.level) + place.column] = block;
      out.set(product, raster);
    }
    return out;
  };

  if ((await make(node)) === undefined) return undefined;
  const products = new Map<string, EncodedProduct>();
  for (const [product, blocks] of levels) {
    const side = NODE_TILES * TILE_SIZE;
    products.set(
      product,
      cogOfBlocks(product, blocks, {
        ...made,
        window: { zoom: node.z + NODE_LEVELS - 1, px0: node.x * side, py0: node.y * side },
      }),
    );
  }
  return { products, used };
}

async function codedLevels(node: TileId, old: OldNode | undefined): Promise<CodedBlock[][]> {
  const levels: CodedBlock[][] = [];
  for (let level = 0; level < NODE_LEVELS; level++) {
    const across = NODE_TILES >> level;
    const blocks: CodedBlock[] = [];
    for (let row = 0; row < across; row++) {
      for (let column = 0; column < across; column++) {
        const place = { level, column, row };
        blocks.push(
          old !== undefined && hasArchivedBlock(old.cog, place, old.key)
            ? await readCodedBlock(old.read, old.cog, place, old.key)
            : SPARSE_BLOCK,
        );
      }
    }
    levels.push(blocks);
  }
  return levels;
}

const isBelow = (tile: TileId, above: TileId): boolean => isSameTile(ancestor(tile, above.z), above);
