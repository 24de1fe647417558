import { productNodata, productKind } from '../../engine/encode/products.js';
import { GeoCropError } from '../../engine/errors.js';
import { circleContains, type Aoi } from '../../engine/geo/aoi.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import {
  METATILE_SIZE,
  METATILE_ZOOM,
  NATIVE_ZOOM,
  pixelCentreLonLat,
  TILE_SIZE,
  type Bounds,
  type TileId,
} from '../../engine/geo/tile-matrix.js';
import type { PixelWindow } from '../../engine/geo/pixel-cut.js';
import type { Raster } from '../../engine/raster.js';
import { nativeTiles } from '../tiles/job-runner.js';
import type { MapKey, TileService } from '../tiles/tile-service.js';
import { windowOf } from './area-window.js';

/** Metatiles that one call may compute: about 75 km square, and 64 MB of classes. */
export const MAX_METATILES = 64;
/** Computing may take long: nobody is told "not ready" here. */
const PATIENCE_MS = 24 * 3_600_000;

export interface AreaRequest {
  readonly map: MapKey;
  /** `classes`, `confidence`, `observations`, `truecolor` or a feature. */
  readonly layer: string;
  /** [west, south, east, north] in degrees. */
  readonly bounds: Bounds;
  /** A circle on the ground: nodata outside. */
  readonly circle?: Aoi;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AreaResult {
  readonly raster: Raster;
  /** Upper left pixel at zoom 14. */
  readonly window: { readonly zoom: number; readonly px0: number; readonly py0: number };
  readonly metatiles: readonly TileId[];
}

/**
 * The map of an area at zoom 14, from the same tiles that are served: computed where they are not archived yet.
 * @throws area-too-large, outside-coverage, source-unavailable where a scene could not be read
 */
export async function classifyArea(
  service: TileService,
  coverage: Coverage,
  request: AreaRequest,
): Promise<AreaResult> {
  const { bounds, circle } = request;
  if (!coverage.meetsBox(bounds)) {
    throw new GeoCropError('outside-coverage', `The area ${bounds.join(', ')} lies outside the coverage.`, {
      hint: 'West, south, east, north: longitude first.',
    });
  }
  const window = windowOf(bounds);
  const metatiles = metatilesOf(window);
  let raster: Raster | null = null;
  for (const [done, metatile] of metatiles.entries()) {
    request.signal?.throwIfAborted();
    // The whole first, so that it is archived; then its tiles come from there.
    await tileOf(service, request, metatile);
    for (const tile of nativeTiles(metatile)) {
      const part = await tileOf(service, request, tile);
      raster ??= newRaster(part, window.width, window.height, request.layer);
      paste(part, tile, raster, window);
    }
    request.onProgress?.(done + 1, metatiles.length);
  }
  if (raster === null) throw new GeoCropError('outside-coverage', 'The area has no pixels.');
  if (circle !== undefined) cutCircle(raster, window, circle, request.layer);
  return { raster, window: { zoom: NATIVE_ZOOM, px0: window.x, py0: window.y }, metatiles };
}

async function tileOf(service: TileService, request: AreaRequest, tile: TileId): Promise<Raster> {
  const {
    raster,
    state,
    missing = [],
  } = await service.values(request.map, request.layer, tile, {
    scale: 1,
    waitMs: PATIENCE_MS,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  if (state === 'incomplete') {
    throw new GeoCropError(
      'source-unavailable',
      `Not every scene could be read, so the map would not be whole: ${missing.join('; ')}`,
      {
        hint: 'Nothing was written. Try again; what was read is kept. A scene that is still broken after an hour is left out.',
        context: { tile: `${tile.z}/${tile.x}/${tile.y}` },
      },
    );
  }
  return raster;
}

/** @throws area-too-large, before any of them is listed */
function metatilesOf({ x, y, width, height }: PixelWindow): TileId[] {
  const left = Math.floor(x / METATILE_SIZE);
  const top = Math.floor(y / METATILE_SIZE);
  const across = Math.floor((x + width - 1) / METATILE_SIZE) - left + 1;
  const down = Math.floor((y + height - 1) / METATILE_SIZE) - top + 1;
  if (across * down > MAX_METATILES) {
    throw new GeoCropError(
      'area-too-large',
      `The area meets ${across * down} metatiles; at most ${MAX_METATILES} at once.`,
      { hint: 'Ask for smaller areas one after another: what is computed stays in the archive.' },
    );
  }
  return Array.from({ length: across * down }, (_, i) => ({
    z: METATILE_ZOOM,
    x: left + (i % across),
    y: top + Math.floor(i / across),
  }));
}

function newRaster(like: Raster, width: number, height: number, layer: string): Raster {
  const make = like.data.constructor as new (length: number) => Uint8Array | Float32Array;
  const data = new make(like.bands * width * height).fill(productNodata(productKind(layer)) ?? 0);
  const mask = like.mask === undefined ? {} : { mask: new Uint8Array(width * height) };
  return { data, bands: like.bands, width, height, nodata: like.nodata, ...mask };
}

function paste(from: Raster, tile: TileId, to: Raster, window: PixelWindow): void {
  const left = tile.x * TILE_SIZE - window.x;
  const top = tile.y * TILE_SIZE - window.y;
  const x0 = Math.max(0, -left);
  const x1 = Math.min(TILE_SIZE, window.width - left);
  if (x1 <= x0) return;
  const row = (
    source: ArrayLike<number>,
    target: { set(values: ArrayLike<number>, at: number): void },
    band: number,
    y: number,
  ): void => {
    const start = (band * TILE_SIZE + y) * TILE_SIZE;
    const values = (source as Uint8Array).subarray(start + x0, start + x1);
    target.set(values, (band * window.height + top + y) * window.width + left + x0);
  };
  for (let y = Math.max(0, -top); y < Math.min(TILE_SIZE, window.height - top); y += 1) {
    for (let band = 0; band < from.bands; band += 1) row(from.data, to.data, band, y);
    if (from.mask !== undefined && to.mask !== undefined) row(from.mask, to.mask, 0, y);
  }
}

function cutCircle(raster: Raster, window: PixelWindow, circle: Aoi, layer: string): void {
  const nodata = productNodata(productKind(layer)) ?? 0;
  const size = raster.width * raster.height;
  for (let i = 0; i < size; i += 1) {
    const x = window.x + (i % raster.width);
    const y = window.y + Math.floor(i / raster.width);
    if (circleContains(circle, ...pixelCentreLonLat(NATIVE_ZOOM, x, y))) continue;
    for (let band = 0; band < raster.bands; band += 1) raster.data[band * size + i] = nodata;
    if (raster.mask !== undefined) raster.mask[i] = 0;
  }
}
