import type { Archive } from '../../cache/archive.js';
import type { GdalItem } from '../../engine/encode/gdal-metadata.js';
import type { FinishedCog, StreamingCog } from '../../engine/encode/streaming-cog.js';
import { METATILE_SIZE, NATIVE_ZOOM, TILE_SIZE } from '../../engine/geo/tile-matrix.js';
import { mapBounded } from '../../engine/map-bounded.js';
import type { WorkerPool } from '../../engine/workers/pool.js';
import type { MapDefinition } from '../tiles/maps.js';
import { recipeOf } from '../tiles/tile-identity.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import { cutTile } from './cut-tile.js';
import type { ExportPlan, PlannedMetatile } from './export-plan.js';
import { createProductCog, isMasked } from './product-cog.js';

export interface ExportRequest {
  readonly definition: MapDefinition;
  readonly layer: LayerInfo;
  /** The COG; it grows beside its name until it is committed. */
  readonly path: string;
  /** Further GDAL metadata. */
  readonly metadata?: readonly GdalItem[];
  readonly signal?: AbortSignal;
  /** Native tiles that are read, of those of the plan. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How much of the area was there. */
export interface ExportSummary {
  /** Of the area inside the coverage: with pixels, and all. */
  readonly pixels: { readonly there: number; readonly all: number };
  readonly metatiles: {
    readonly all: number;
    /** Read, those without any scenes among them. */
    readonly there: number;
    /** Of `there`: of other scenes than today's. */
    readonly stale: number;
    /** Not archived, and those that were damaged. */
    readonly missing: number;
    /** Of `missing`: they were archived when it began and could not be read. */
    readonly damaged: number;
  };
}

/** Metatiles that are read at once, a block each. */
const READS_AT_ONCE = 16;

/**
 * Writes what is archived of an area into one COG, a row of tiles at a time: nothing is computed. The file has its name when it is committed;
 * after a failure or an abort nothing is left of it.
 * @throws store-full, store-unavailable, aborted
 */
export async function exportArea(
  { archive, pool }: { readonly archive: Pick<Archive, 'readTile'>; readonly pool: WorkerPool },
  plan: ExportPlan,
  request: ExportRequest,
): Promise<{ readonly cog: StreamingCog; readonly finished: FinishedCog; readonly summary: ExportSummary }> {
  const { definition, layer, signal } = request;
  const { window, cut, pixelsOf } = plan;
  const { bundle } = definition;
  const cog = await createProductCog(pool, {
    path: request.path,
    window,
    product: layer.name,
    classes: bundle === null ? {} : { classes: bundle.classes, palette: bundle.palette },
    metadata: request.metadata ?? [],
  });
  const masked = isMasked(layer.name);
  const wantedIn = rowsOfTiles(plan);
  const damaged = new Set<PlannedMetatile>();
  let there = 0;
  let done = 0;
  try {
    const bottom = window.y + window.height;
    for (let y = Math.floor(window.y / TILE_SIZE); y * TILE_SIZE < bottom; y += 1) {
      signal?.throwIfAborted();
      const top = Math.max(window.y, y * TILE_SIZE);
      await cog.rows(Math.min(bottom, (y + 1) * TILE_SIZE) - top);
      let tiles = 0;
      await mapBounded(wantedIn(y), READS_AT_ONCE, async ({ metatile, columns }) => {
        // One after the other: the first brings the file's header.
        for (const x of columns) {
          signal?.throwIfAborted();
          tiles += 1;
          const { archived } = metatile;
          if (archived.state === 'empty') there += pixelsOf(x, y);
          if (!('scenes' in archived)) continue;
          const tile = { z: NATIVE_ZOOM, x, y };
          const raster = await archive.readTile(
            recipeOf(definition, layer),
            definition.seasonKey,
            metatile.tile,
            archived.scenes,
            layer.name,
            tile,
            signal,
          );
          if (raster === undefined) {
            damaged.add(metatile);
            continue;
          }
          there += pixelsOf(x, y);
          const isWhole = pixelsOf(x, y) === TILE_SIZE ** 2 && !masked;
          const inside = isWhole ? raster : cutTile(raster, tile, cut, masked);
          cog.paste(inside, x * TILE_SIZE - window.x, y * TILE_SIZE - window.y);
        }
      });
      await cog.advance();
      request.onProgress?.((done += tiles), plan.tiles);
    }
    signal?.throwIfAborted();
    return { cog, finished: await cog.finish(), summary: summarize(plan, there, damaged) };
  } catch (error) {
    await cog.abort();
    // Whoever gave it up is told so, not which read was given up.
    signal?.throwIfAborted();
    throw error;
  }
}

interface WantedTiles {
  readonly metatile: PlannedMetatile;
  /** Native tiles of a row, by their x. */
  readonly columns: readonly number[];
}

/** What has pixels of the area in a row of native tiles, from west to east. */
function rowsOfTiles({ metatiles, pixelsOf }: ExportPlan): (y: number) => readonly WantedTiles[] {
  const side = METATILE_SIZE / TILE_SIZE;
  const rows = new Map<number, PlannedMetatile[]>();
  for (const metatile of metatiles) {
    const row = rows.get(metatile.tile.y);
    if (row === undefined) rows.set(metatile.tile.y, [metatile]);
    else row.push(metatile);
  }
  return (y) =>
    (rows.get(Math.floor(y / side)) ?? []).map((metatile) => ({
      metatile,
      columns: Array.from({ length: side }, (_, i) => metatile.tile.x * side + i).filter(
        (x) => pixelsOf(x, y) > 0,
      ),
    }));
}

function summarize(
  { metatiles }: ExportPlan,
  there: number,
  damaged: ReadonlySet<PlannedMetatile>,
): ExportSummary {
  const count = (state: string): number =>
    metatiles.filter((metatile) => metatile.archived.state === state && !damaged.has(metatile)).length;
  const missing = count('missing') + damaged.size;
  return {
    pixels: { there, all: metatiles.reduce((sum, { pixels }) => sum + pixels, 0) },
    metatiles: {
      all: metatiles.length,
      there: metatiles.length - missing,
      stale: count('stale'),
      missing,
      damaged: damaged.size,
    },
  };
}
