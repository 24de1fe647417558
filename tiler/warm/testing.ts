import { projectPoint } from '../../engine/geo/project.js';
import { tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import type { SourceBlocks } from './source-blocks.js';

/** Metres: MGRS tiles of Sentinel-2 are 109.8 km wide and 100 km apart. */
const TILE_STEP = 100_000;
const TILE_SIDE = 109_800;
/** Metres along a side of a block of 1024 pixels, and bytes of all the season's blocks of one place: 45 dates, 1.2 MB each. */
const KINDS = [
  { name: '10 m', side: 10_240, bytes: 45 * 4 * 1.2e6 },
  { name: '20 m', side: 20_480, bytes: 45 * 4 * 1.2e6 },
] as const;

export interface SimulatedBlock {
  readonly key: string;
  readonly bytes: number;
}

/** The blocks that a metatile needs, of every MGRS tile of both zones beside 30° E that it meets: more than is read in truth. */
export function blocksOf(metatile: TileId): SimulatedBlock[] {
  const [west, south, east, north] = tileBoundsLonLat(metatile);
  const zones = [
    ...(west < 30 ? [{ epsg: 32735, west, east: Math.min(east, 30) }] : []),
    ...(east > 30 ? [{ epsg: 32736, west: Math.max(west, 30), east }] : []),
  ];
  return zones.flatMap((zone) => {
    const corners = [zone.west, zone.east].flatMap((lon) =>
      [south, north].map((lat) => projectPoint(zone.epsg, lon, lat)),
    );
    const [e0, e1] = rangeOf(corners.map(([e]) => e));
    const [n0, n1] = rangeOf(corners.map(([, n]) => n));
    return tilesBetween(e0, e1).flatMap((column) =>
      tilesBetween(n0, n1).flatMap((row) =>
        KINDS.flatMap(({ name, side, bytes }) =>
          blocksBetween(column, e0, e1, side).flatMap((x) =>
            blocksBetween(row, n0, n1, side).map((y) => ({
              key: [zone.epsg, column, row, name, x, y].join('/'),
              bytes: bytes * withinTile(x, side) * withinTile(y, side),
            })),
          ),
        ),
      ),
    );
  });
}

/** Metres on the ground of a metatile at 19° S. */
const METATILE_SIDE = 9_250;

/** What a sample of metatiles would say of them: MGRS tiles overlap by a fifth of their ground. */
export const SIMULATED: readonly SourceBlocks[] = KINDS.map(({ side, bytes }) => ({
  side: side / METATILE_SIDE,
  bytes: bytes * (METATILE_SIDE / side) ** 2 * (TILE_SIDE / TILE_STEP) ** 2,
}));

export interface Fetches {
  readonly fetched: number;
  readonly fetchedBytes: number;
  readonly distinct: number;
  readonly distinctBytes: number;
}

/** Fetches of a walk through a cache that forgets the least recently used, as `DiskBlockCache` does. */
export function simulate(order: readonly TileId[], cacheBytes: number): Fetches {
  const cache = new Map<string, number>();
  const seen = new Map<string, number>();
  let [held, fetched, fetchedBytes] = [0, 0, 0];
  for (const metatile of order) {
    for (const { key, bytes } of blocksOf(metatile)) {
      seen.set(key, bytes);
      if (cache.delete(key)) held -= bytes;
      else {
        fetched += 1;
        fetchedBytes += bytes;
      }
      cache.set(key, bytes);
      held += bytes;
      for (const [oldest, size] of cache) {
        if (held <= cacheBytes) break;
        cache.delete(oldest);
        held -= size;
      }
    }
  }
  const distinctBytes = [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { fetched, fetchedBytes, distinct: seen.size, distinctBytes };
}

function tilesBetween(from: number, to: number): number[] {
  const first = Math.ceil((from - TILE_SIDE) / TILE_STEP);
  const last = Math.floor(to / TILE_STEP);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function blocksBetween(tile: number, from: number, to: number, side: number): number[] {
  const at = (metres: number): number =>
    Math.floor(Math.max(0, Math.min(TILE_SIDE - 1, metres - tile * TILE_STEP)) / side);
  return Array.from({ length: at(to) - at(from) + 1 }, (_, i) => at(from) + i);
}

/** Of a block, what lies in its tile: the last one of a row is cut. */
const withinTile = (block: number, side: number): number => Math.min(1, (TILE_SIDE - block * side) / side);

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
