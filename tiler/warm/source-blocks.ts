import type { TileId } from '../../engine/geo/tile-matrix.js';

/**
 * What a season's sources weigh, by the size of their blocks: bands of 10 m and of 20 m are cut differently, and the larger
 * a block is, the more of it lies in the next metatile.
 */
export interface SourceBlocks {
  /** Compressed bytes of the sources over one metatile's ground. */
  readonly bytes: number;
  /** Side of a block, in metatiles: 1.1 for 1024 pixels of 10 m. */
  readonly side: number;
}

/**
 * Bytes that the metatiles need when each block is fetched once: their own ground, and what sticks out of it. A grid of blocks
 * that lies anyhow meets, on average, area + side · perimeter / 2 + side² a piece (Steiner's formula).
 */
export function bytesOfMetatiles(sources: readonly SourceBlocks[], metatiles: readonly TileId[]): number {
  if (metatiles.length === 0) return 0;
  const there = new Set(metatiles.map(keyOf));
  const edges = metatiles.reduce(
    (sum, tile) => sum + neighbours(tile).filter((next) => !there.has(keyOf(next))).length,
    0,
  );
  const shape = { cells: metatiles.length, halfPerimeter: edges / 2, pieces: pieces(metatiles, there) };
  return sources.reduce((sum, source) => sum + source.bytes * area(shape, source.side), 0);
}

interface Shape {
  readonly cells: number;
  readonly halfPerimeter: number;
  readonly pieces: number;
}

/** Of blocks, in metatiles; never more than if none shared a block. */
function area({ cells, halfPerimeter, pieces }: Shape, side: number): number {
  return Math.min(cells + side * halfPerimeter + side ** 2 * pieces, cells * (1 + side) ** 2);
}

/** Bytes of the blocks that a box of metatiles meets. */
export function bytesOfBox(sources: readonly SourceBlocks[], across: number, down: number): number {
  return sources.reduce((sum, { bytes, side }) => sum + bytes * (across + side) * (down + side), 0);
}

/** Bytes that lie across an edge of a metatile: what both sides of it need. */
export function bytesAcrossEdge(sources: readonly SourceBlocks[]): number {
  return sources.reduce((sum, { bytes, side }) => sum + bytes * side, 0);
}

/** How far apart two metatiles of a row are that share no block. */
export function apart(sources: readonly SourceBlocks[]): number {
  return sources.reduce((most, { side }) => Math.max(most, Math.ceil(side) + 1), 1);
}

const keyOf = ({ x, y }: TileId): string => `${x}/${y}`;

function neighbours({ z, x, y }: TileId): TileId[] {
  return [
    { z, x: x - 1, y },
    { z, x: x + 1, y },
    { z, x, y: y - 1 },
    { z, x, y: y + 1 },
  ];
}

function pieces(metatiles: readonly TileId[], there: ReadonlySet<string>): number {
  const seen = new Set<string>();
  let count = 0;
  for (const start of metatiles) {
    if (seen.has(keyOf(start))) continue;
    count += 1;
    const open = [start];
    seen.add(keyOf(start));
    for (let tile = open.pop(); tile !== undefined; tile = open.pop()) {
      for (const next of neighbours(tile)) {
        if (!there.has(keyOf(next)) || seen.has(keyOf(next))) continue;
        seen.add(keyOf(next));
        open.push(next);
      }
    }
  }
  return count;
}
