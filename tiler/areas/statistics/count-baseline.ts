import { setImmediate } from 'node:timers/promises';
import { countRows, newTally, type ClassTally } from '../../../engine/classes/class-tally.js';
import type { PixelCut, PixelWindow } from '../../../engine/geo/pixel-cut.js';
import { NATIVE_ZOOM, TILE_SIZE, tileBoundsLonLat } from '../../../engine/geo/tile-matrix.js';
import type { Coverage } from '../../../engine/geo/coverage.js';
import type { BaselineTiles } from '../../tiles/baseline-tiles.js';
import { rowsOf, type Counted } from './count-map.js';

export interface BaselineCounts {
  readonly tally: ClassTally;
  readonly outside: Counted;
}

/** Counts Dynamic World's classes inside an area: a native tile at a time, as it is served. @throws what reading throws, aborted */
export async function countBaseline(
  baselines: Pick<BaselineTiles, 'tile'>,
  year: number,
  area: {
    readonly window: PixelWindow;
    readonly cut: PixelCut;
    readonly coverage: Pick<Coverage, 'meetsBox'>;
  },
  signal: AbortSignal,
): Promise<BaselineCounts> {
  const { window, cut, coverage } = area;
  const tally = newTally();
  const outside = { pixels: 0, hectares: 0 };
  const [left, top] = [Math.floor(window.x / TILE_SIZE), Math.floor(window.y / TILE_SIZE)];
  for (let y = top; y * TILE_SIZE < window.y + window.height; y += 1) {
    for (let x = left; x * TILE_SIZE < window.x + window.width; x += 1) {
      const { spans, hectares } = rowsOf(cut, { x, y });
      if (spans.length === 0) continue;
      signal.throwIfAborted();
      const tile = { z: NATIVE_ZOOM, x, y };
      const inside = coverage.meetsBox(tileBoundsLonLat(tile));
      const raster = inside ? await baselines.tile(year, tile, { signal }) : null;
      if (raster !== null) {
        const classes = raster.data as Uint8Array;
        countRows(tally, { classes, confidence: null, stride: TILE_SIZE, spans, hectares });
        // A tile is some milliseconds of projecting: who else needs this thread gets it between them.
        await setImmediate();
        continue;
      }
      for (let at = 0; at + 2 < spans.length; at += 3) {
        const count = (spans[at + 2] as number) - (spans[at + 1] as number);
        const area = count * (hectares[spans[at] as number] as number);
        if (inside) {
          tally.noDataPixels += count;
          tally.noDataHectares += area;
        } else {
          outside.pixels += count;
          outside.hectares += area;
        }
      }
    }
  }
  return { tally, outside };
}
