import type { Resampling } from '../../read.js';
import type { RasterSource } from '../source/raster-source.js';
import type { RequestWindow } from './best-overview.js';
import { bestLevel } from './best-overview.js';
import type { Pixels } from './raster-io.js';
import { filled, readRequest } from './raster-io.js';

/** GDAL makes no virtual overviews smaller than this, pixels. */
const LEAST_OVERVIEW = 128;
/** Parts of a pixel that do not count when windows are cut. */
const EPSILON = 1e-3;

/** A window that reaches beyond the raster, and where the raster begins in it. Pixels, not whole ones. */
export interface OuterWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * rasterio's boundless read: the window reaches beyond the raster, through a virtual raster that lies around it (GDAL's
 * VRTSimpleSource::GetSrcDstWindow). Outside is `source.nodata`, or 0; masks are 0 there, also where the source has none.
 * @param overviews whether the virtual raster has some, made of the source's
 */
export async function boundlessIO(
  source: RasterSource,
  window: OuterWindow,
  width: number,
  height: number,
  resampling: Resampling,
  overviews: boolean,
): Promise<Pixels> {
  const [full] = source.levels;
  if (full === undefined) throw new RangeError('a raster without a level');
  const levels = overviews ? virtualLevels(source, window) : virtualLevels(source, window).slice(0, 1);
  const asked = requestOf(window);
  const { level, request } = bestLevel(levels, asked, width, height, 'nearest');
  // An overview of the virtual raster has the file itself as its source, at a smaller place.
  const overview = source.levels[level] ?? full;
  const scaleX = overview.width / full.width;
  const scaleY = overview.height / full.height;
  const { exact } = request;
  const across = cut(exact.width, width, window.x * scaleX, full.width * scaleX, full.width);
  const down = cut(exact.height, height, window.y * scaleY, full.height * scaleY, full.height);
  const outside = source.nodata ?? 0;
  const data = source.palettes.map(() => filled(source, width * height, outside));
  const masks = data.map(() => new Uint8Array(width * height));
  if (across === null || down === null) return { data, masks };
  const inner = await readRequest(
    source,
    {
      x: across.whole,
      y: down.whole,
      width: across.wholeSize,
      height: down.wholeSize,
      exact: {
        column: snapped(across.from, across.whole),
        row: snapped(down.from, down.whole),
        width: snapped(across.size, across.wholeSize),
        height: snapped(down.size, down.wholeSize),
      },
    },
    across.outSize,
    down.outSize,
    resampling,
  );
  for (const [b, values] of data.entries()) {
    const found = inner.data[b];
    const mask = inner.masks[b] ?? null;
    for (let row = 0; row < down.outSize; row++) {
      const start = row * across.outSize;
      const at = (down.outFrom + row) * width + across.outFrom;
      if (found !== undefined) values.set(found.subarray(start, start + across.outSize), at);
      const line = (masks[b] as Uint8Array).subarray(at, at + across.outSize);
      if (mask === null) line.fill(255);
      else line.set(mask.subarray(start, start + across.outSize));
    }
  }
  return { data, masks };
}

function snapped(value: number, whole: number): number {
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}

interface Cut {
  /** Of the source level, exact. */
  readonly from: number;
  readonly size: number;
  /** And as whole pixels. */
  readonly whole: number;
  readonly wholeSize: number;
  /** Of the output, whole pixels. */
  readonly outFrom: number;
  readonly outSize: number;
}

/**
 * One axis: the part of the request [0, size) that the source covers, which lies from `at` on and is `span` long in the virtual
 * raster, `sourceSize` pixels of its own. Null: none.
 */
function cut(size: number, outSize: number, at: number, span: number, sourceSize: number): Cut | null {
  if (at >= size || at + span <= 0) return null;
  let modified = false;
  let start = 0;
  let length = size;
  if (start < at) {
    length += start - at;
    start = at;
    modified = true;
  }
  if (start + length > at + span) {
    length = at + span - start;
    modified = true;
  }
  const scale = sourceSize / span;
  let from = (start - at) * scale;
  let reqSize = length * scale;
  if (from < 0) {
    reqSize += from;
    from = 0;
    modified = true;
  }
  let whole = Math.floor(from);
  if (from - whole > 1 - EPSILON) {
    whole += 1;
    from = whole;
  }
  if (whole >= sourceSize) return null;
  let wholeSize = Math.max(1, Math.floor(reqSize + 0.5));
  if (whole + wholeSize > sourceSize) {
    wholeSize = sourceSize - whole;
    modified = true;
  }
  if (from + reqSize > sourceSize) {
    reqSize = sourceSize - from;
    modified = true;
  }
  if (!modified) return { from, size: reqSize, whole, wholeSize, outFrom: 0, outSize };
  // Operation by operation as GDAL: a sample on the edge of two pixels falls by the last bit.
  const toOut = outSize / size;
  const first = ((from / sourceSize) * span + at) * toOut;
  const end = (((from + reqSize) / sourceSize) * span + at) * toOut;
  const outFrom = first <= 0 ? 0 : Math.floor(first + EPSILON);
  const before = ((first - outFrom) / toOut / span) * sourceSize;
  const outEnd = Math.min(outSize, Math.ceil(end - EPSILON));
  const after = ((Math.ceil(end - EPSILON) - end) / toOut / span) * sourceSize;
  if (end < outFrom || outEnd <= outFrom) return null;
  return {
    from: from - before,
    size: reqSize + before + after,
    whole,
    wholeSize,
    outFrom,
    outSize: outEnd - outFrom,
  };
}

/** Whether it makes a difference if the virtual raster has overviews. */
export function usesVirtualOverview(
  source: RasterSource,
  window: OuterWindow,
  width: number,
  height: number,
): boolean {
  const asked = requestOf(window);
  return bestLevel(virtualLevels(source, window), asked, width, height, 'nearest').level > 0;
}

function requestOf({ width, height }: OuterWindow): RequestWindow {
  return {
    x: 0,
    y: 0,
    width: Math.trunc(Math.max(1, width)),
    height: Math.trunc(Math.max(1, height)),
    exact: { column: 0, row: 0, width, height },
  };
}

/** The virtual raster around window and source, and its overviews: one for each of the source, as long as they are not small. */
function virtualLevels(
  source: RasterSource,
  window: OuterWindow,
): { readonly width: number; readonly height: number }[] {
  const [full, ...overviews] = source.levels;
  if (full === undefined) return [];
  const width = Math.trunc(Math.max(full.width, window.width) + 1);
  const height = Math.trunc(Math.max(full.height, window.height) + 1);
  const levels = [{ width, height }];
  for (const overview of overviews) {
    let level = {
      width: Math.trunc(0.5 + width * (overview.width / full.width)),
      height: Math.trunc(0.5 + height * (overview.height / full.height)),
    };
    // Within a pixel GDAL takes the size of the file's own overview.
    if (Math.abs(level.width - overview.width) <= 1 && Math.abs(level.height - overview.height) <= 1) {
      level = overview;
    }
    if (level.width < LEAST_OVERVIEW || level.height < LEAST_OVERVIEW) break;
    levels.push(level);
  }
  return levels;
}
