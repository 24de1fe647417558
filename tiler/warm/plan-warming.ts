import type { TileId } from '../../engine/geo/tile-matrix.js';
import { apart, bytesAcrossEdge, bytesOfBox, type SourceBlocks } from './source-blocks.js';

export interface WalkLimits {
  readonly sources: readonly SourceBlocks[];
  /** What the cache of source blocks may hold; Infinity where nothing limits it. */
  readonly cacheBytes: number;
  /** Processes that work at once and cannot join each other's reads. Default 1. */
  readonly lanes?: number;
}

/** In which order metatiles are computed, and what that asks of the cache of source blocks. */
export interface Walk {
  /** The metatiles that were given, each once. */
  readonly order: readonly TileId[];
  /** Strips that the area is cut into; in one, no block is fetched twice. */
  readonly strips: number;
  /** Bytes that the cache has to hold for it: of the widest strip. */
  readonly needBytes: number;
  /** Bytes that it would have to hold for one strip over all. */
  readonly wholeBytes: number;
  /** Bytes that are fetched twice, since they lie across the borders of strips. */
  readonly twiceBytes: number;
}

/**
 * Of the cache, for the blocks of the walk: the rest is for headers, for who looks at maps meanwhile, and for rows with more
 * blocks than the average, where MGRS tiles overlap or zones meet.
 */
const SHARE = 0.5;

/**
 * Walks the metatiles so that a source block is still in the cache whenever it is needed again: to and fro, row by row,
 * in a strip as wide as the cache can bear. A block is met again at the latest when the walk has come back along the next
 * row, so what the cache (which forgets the least recently used) has to hold is the blocks of two rows. Where the whole
 * area is too wide for that it is cut into as few strips as can be, and only what lies across their borders comes twice;
 * each strip begins at the end where the last one ended. Rows run where that is the least: from west to east, or from north to south.
 */
export function planWalk(metatiles: readonly TileId[], limits: WalkLimits): Walk {
  if (metatiles.length === 0) return { order: [], strips: 0, needBytes: 0, wholeBytes: 0, twiceBytes: 0 };
  const [a, b] = [walkAlong('x', metatiles, limits), walkAlong('y', metatiles, limits)];
  if (a.twiceBytes !== b.twiceBytes) return a.twiceBytes < b.twiceBytes ? a : b;
  return b.needBytes < a.needBytes ? b : a;
}

type Axis = 'x' | 'y';

/** @param along the direction of rows; strips lie side by side in it */
function walkAlong(along: Axis, metatiles: readonly TileId[], limits: WalkLimits): Walk {
  const across: Axis = along === 'x' ? 'y' : 'x';
  const { sources, cacheBytes, lanes = 1 } = limits;
  const [first, last] = rangeOf(metatiles, along);
  const length = last - first + 1;
  const fewest = Math.ceil(length / widestRow(length, sources, cacheBytes * SHARE));
  const width = Math.ceil(length / fewest);
  const lane = Math.max(Math.ceil(width / lanes), apart(sources));

  const stripOf = (tile: TileId): number => Math.floor((tile[along] - first) / width);
  const [top, bottom] = rangeOf(metatiles, across);
  const place = (tile: TileId): readonly number[] => {
    const strip = stripOf(tile);
    const row = strip % 2 === 0 ? tile[across] - top : bottom - tile[across];
    const within = tile[along] - first - strip * width;
    const step = within % lane;
    return [strip, row, row % 2 === 0 ? step : lane - 1 - step, Math.floor(within / lane)];
  };
  const order = metatiles
    .map((tile) => ({ tile, place: place(tile) }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ tile }) => tile);
  return {
    order,
    strips: Math.ceil(length / width),
    needBytes: bytesOfBox(sources, width, ROWS),
    wholeBytes: bytesOfBox(sources, length, ROWS),
    twiceBytes: bytesAcrossEdge(sources) * acrossBorders(metatiles, along, stripOf),
  };
}

/** The row that the walk is in and the one before. */
const ROWS = 2;

/** Metatiles of a row whose blocks, and those of the row before, fit: at least 1. */
function widestRow(length: number, sources: readonly SourceBlocks[], bytes: number): number {
  let width = length;
  while (width > 1 && bytesOfBox(sources, width, ROWS) > bytes) width -= 1;
  return width;
}

/** Pairs of neighbours that lie in different strips. */
function acrossBorders(metatiles: readonly TileId[], along: Axis, stripOf: (tile: TileId) => number): number {
  const there = new Set(metatiles.map(({ x, y }) => `${x}/${y}`));
  return metatiles.filter((tile) => {
    const next = { ...tile, [along]: tile[along] + 1 };
    return there.has(`${next.x}/${next.y}`) && stripOf(next) !== stripOf(tile);
  }).length;
}

function rangeOf(metatiles: readonly TileId[], axis: Axis): readonly [number, number] {
  return metatiles.reduce<readonly [number, number]>(
    ([least, most], tile) => [Math.min(least, tile[axis]), Math.max(most, tile[axis])],
    [Infinity, -Infinity],
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
