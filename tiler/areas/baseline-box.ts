import { setImmediate } from 'node:timers/promises';
import { shortDigest } from '../../engine/digest.js';
import type { FinishedCog } from '../../engine/encode/streaming-cog.js';
import type { PixelWindow } from '../../engine/geo/pixel-cut.js';
import { NATIVE_ZOOM, TILE_SIZE, tileBoundsLonLat } from '../../engine/geo/tile-matrix.js';
import { baselineOf } from '../http/baseline-year.js';
import { BASELINE_PRODUCT, DYNAMIC_WORLD } from '../render/dynamic-world.js';
import type { BoxAsk, PlannedBox } from './area-service.js';
import { boxFileName, boxWindow, writeBox } from './box-file.js';
import { outsideCoverage } from './fill-area.js';
import type { AreaDeps } from './open-area-service.js';
import { createProductCog } from './product-cog.js';

/** What a box of Dynamic World would be as a file: its classes at the map's own pixels, as its tiles show them. */
export async function planBaselineBox(
  deps: AreaDeps,
  { bounds }: BoxAsk,
  { year }: Extract<BoxAsk['of'], { kind: 'baseline' }>,
): Promise<PlannedBox> {
  const { engine, limits } = deps;
  const window = boxWindow(bounds, limits);
  const found = await baselineOf(engine.baselines, year);
  if (!engine.coverage.meetsBox(bounds)) throw outsideCoverage(engine.coverage);
  return {
    digest: shortDigest({ baseline: found.digest, window }),
    state: 'final',
    // A file of any year may be replaced.
    closed: false,
    lastModified: found.lastModified,
    fileName: boxFileName(['dynamic_world', String(year)], bounds),
    write: (signal) =>
      writeBox(deps, window.width * window.height, signal, async (path, within) => ({
        finished: await writeClasses(engine, year, window, path, within),
        partial: false,
      })),
  };
}

async function writeClasses(
  { baselines, compute, coverage }: AreaDeps['engine'],
  year: number,
  window: PixelWindow,
  path: string,
  signal: AbortSignal,
): Promise<FinishedCog> {
  const cog = await createProductCog(compute.pool, {
    path,
    window,
    product: BASELINE_PRODUCT,
    classes: {
      classes: DYNAMIC_WORLD.map(({ name }) => name),
      palette: DYNAMIC_WORLD.map(({ color }) => color),
    },
    metadata: [
      { name: 'GEOCROP_LAYER', value: 'dynamic_world' },
      { name: 'GEOCROP_YEAR', value: String(year) },
    ],
  });
  try {
    const [right, bottom] = [window.x + window.width, window.y + window.height];
    for (let y = Math.floor(window.y / TILE_SIZE); y * TILE_SIZE < bottom; y += 1) {
      await cog.rows(Math.min(bottom, (y + 1) * TILE_SIZE) - Math.max(window.y, y * TILE_SIZE));
      for (let x = Math.floor(window.x / TILE_SIZE); x * TILE_SIZE < right; x += 1) {
        signal.throwIfAborted();
        const tile = { z: NATIVE_ZOOM, x, y };
        if (!coverage.meetsBox(tileBoundsLonLat(tile))) continue;
        const raster = await baselines.tile(year, tile, { signal });
        if (raster !== null) cog.paste(raster, x * TILE_SIZE - window.x, y * TILE_SIZE - window.y);
        // A tile is some milliseconds of projecting: who else needs this thread gets it between them.
        await setImmediate();
      }
      await cog.advance();
    }
    return await cog.finish();
  } catch (error) {
    await cog.abort();
    throw error;
  }
}
