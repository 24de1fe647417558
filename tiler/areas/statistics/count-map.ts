import type { Archive } from '../../../cache/archive.js';
import { addTally, newTally, type ClassTally } from '../../../engine/classes/class-tally.js';
import { METATILE_SIZE, NATIVE_ZOOM, TILE_SIZE, type TileId } from '../../../engine/geo/tile-matrix.js';
import { mapBounded } from '../../../engine/map-bounded.js';
import type { TallyInput } from '../../../engine/workers/tasks.js';
import type { WorkerPool } from '../../../engine/workers/pool.js';
import type { MapDefinition } from '../../tiles/maps.js';
import type { ExportPlan, PlannedMetatile } from '../export-plan.js';
import { amountOf, rowsOf, type Counted } from './tile-rows.js';

export interface CountSources {
  readonly archive: Pick<Archive, 'readCodedTile' | 'readTile'>;
  readonly pool: Pick<WorkerPool, 'run'>;
}

export interface MapCounts {
  readonly tally: ClassTally;
  /** Not in the archive, or damaged there. */
  readonly missing: Counted;
  /** Metatiles that the plan has as archived and that could not be read. */
  readonly damaged: readonly PlannedMetatile[];
}

/** Metatiles that are read and counted at once: half a megabyte of compressed blocks each. */
const METATILES_AT_ONCE = 4;
const TILES_ACROSS = METATILE_SIZE / TILE_SIZE;

/**
 * Counts the classes of what is archived of a planned area, metatile by metatile: the blocks are read here, decoded and counted in the threads.
 * Sums are made in the order of the plan, so that the same area has the same numbers to the last digit.
 * @throws aborted, and what the store throws
 */
export async function countMap(
  { archive, pool }: CountSources,
  plan: ExportPlan,
  definition: MapDefinition,
  signal: AbortSignal,
): Promise<MapCounts> {
  const parts = await mapBounded(plan.metatiles, METATILES_AT_ONCE, async (metatile) => {
    signal.throwIfAborted();
    return countMetatile({ archive, pool }, plan, definition, metatile, signal);
  });
  const tally = newTally();
  const missing = { pixels: 0, hectares: 0 };
  for (const part of parts) {
    addTally(tally, part.tally);
    missing.pixels += part.missing.pixels;
    missing.hectares += part.missing.hectares;
  }
  return { tally, missing, damaged: parts.flatMap(({ damaged }) => damaged) };
}

async function countMetatile(
  { archive, pool }: CountSources,
  plan: ExportPlan,
  definition: MapDefinition,
  planned: PlannedMetatile,
  signal: AbortSignal,
): Promise<MapCounts> {
  const { tile: metatile, archived } = planned;
  const tiles = tilesOf(metatile, plan);
  const tally = newTally();
  const missing = { pixels: 0, hectares: 0 };
  const miss = (tile: TileId): void => {
    const found = amountOf(rowsOf(plan.cut, tile));
    missing.pixels += found.pixels;
    missing.hectares += found.hectares;
  };
  if (archived.state === 'missing') {
    tiles.forEach(miss);
    return { tally, missing, damaged: [] };
  }
  if (!('scenes' in archived)) {
    // Empty.
    for (const tile of tiles) {
      const found = amountOf(rowsOf(plan.cut, tile));
      tally.noDataPixels += found.pixels;
      tally.noDataHectares += found.hectares;
    }
    return { tally, missing, damaged: [] };
  }
  const place = [definition.mapDigest, definition.seasonKey, metatile, archived.scenes] as const;
  const coded: TallyInput['tiles'][number][] = [];
  const read: TileId[] = [];
  const lost: TileId[] = [];
  // One after the other: the first brings the files' headers.
  for (const tile of tiles) {
    signal.throwIfAborted();
    const classes = await archive.readCodedTile(...place, 'classes', tile, signal);
    const confidence = await archive.readCodedTile(...place, 'confidence', tile, signal);
    if (classes === undefined || confidence === undefined) lost.push(tile);
    else {
      coded.push({ classes, confidence, ...rowsOf(plan.cut, tile) });
      read.push(tile);
    }
  }
  if (coded.length > 0) {
    const found = await pool.run('tally', { tiles: coded });
    addTally(tally, found.tally);
    for (const at of found.damaged) {
      const tile = read[at];
      if (tile === undefined) throw new RangeError(`tile ${at}`);
      // Reads it once more, and removes what is damaged so that it is made anew.
      for (const product of ['classes', 'confidence']) {
        await archive.readTile(...place, product, tile, signal);
      }
      lost.push(tile);
    }
  }
  lost.forEach(miss);
  return { tally, missing, damaged: lost.length > 0 ? [planned] : [] };
}

/** Native tiles with pixels of the area, row by row. */
function tilesOf(metatile: TileId, { pixelsOf }: ExportPlan): TileId[] {
  return Array.from({ length: TILES_ACROSS ** 2 }, (_, i) => ({
    z: NATIVE_ZOOM,
    x: metatile.x * TILES_ACROSS + (i % TILES_ACROSS),
    y: metatile.y * TILES_ACROSS + Math.floor(i / TILES_ACROSS),
  })).filter(({ x, y }) => pixelsOf(x, y) > 0);
}
