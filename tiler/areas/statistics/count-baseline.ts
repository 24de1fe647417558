import { setImmediate } from 'node:timers/promises';
import { countRows, newTally, type ClassTally } from '../../../engine/classes/class-tally.js';
import type { PixelCut, PixelWindow } from '../../../engine/geo/pixel-cut.js';
import { NATIVE_ZOOM, TILE_SIZE, tileBoundsLonLat } from '../../../engine/geo/tile-matrix.js';
import type { Coverage } from '../../../engine/geo/coverage.js';
import type { BaselineTiles } from '../../tiles/baseline-tiles.js';
import { amountOf, tilesOfRow, type Counted } from './tile-rows.js';

export interface BaselineCounts {
  readonly tally: ClassTally;
  readonly outside: Counted;
}

/** Counts Dynamic World's classes inside an area: a native tile at a time, as it is served. @throws what reading throws, aborted */
export async function countBaseline(
  baselines: Pick<BaselineTiles, 'tile'>,
  year: number,
  {
    window,
    cut,
    coverage,
  }: {
    readonly window: PixelWindow;
    readonly cut: PixelCut;
    readonly coverage: Pick<Coverage, 'meetsBox'>;
  },
  signal: AbortSignal,
): Promise<BaselineCounts> {
  const tally = newTally();
  const outside = { pixels: 0, hectares: 0 };
  for (let y = Math.floor(window.y / TILE_SIZE); y * TILE_SIZE < window.y + window.height; y += 1) {
    for (const { x, ...rows } of tilesOfRow(cut, window, y)) {
      signal.throwIfAborted();
      const tile = { z: NATIVE_ZOOM, x, y };
      const inside = coverage.meetsBox(tileBoundsLonLat(tile));
      const raster = inside ? await baselines.tile(year, tile, { signal }) : null;
      if (raster !== null) {
        const classes = raster.data as Uint8Array;
        countRows(tally, { classes, confidence: null, stride: TILE_SIZE, ...rows });
        // A tile is some milliseconds of projecting: who else needs this thread gets it between them.
        await setImmediate();
        continue;
      }
      const { pixels, hectares } = amountOf(rows);
      if (inside) {
        tally.noDataPixels += pixels;
        tally.noDataHectares += hectares;
      } else {
        outside.pixels += pixels;
        outside.hectares += hectares;
      }
    }
  }
  return { tally, outside };
}
