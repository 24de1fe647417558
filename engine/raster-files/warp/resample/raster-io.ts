import { newArray } from '../../../windows/block-spec.js';
import type { FloatWindow } from '../grid/affine.js';
import type { NumberArray } from '../../dataset.js';
import type { Resampling } from '../../read.js';
import type { RasterSource } from '../source/raster-source.js';
import { palettesOf, run } from '../source/raster-source.js';
import type { RequestWindow } from './best-overview.js';
import { bestLevel } from './best-overview.js';
import { resampleChunks } from './resample-chunks.js';

/** Pixels in the size that was asked for. */
export interface Pixels {
  readonly data: readonly NumberArray[];
  /** GDAL's mask of each band at the same pixels, 0: missing; null: none is. */
  readonly masks: readonly (Uint8Array | null)[];
}

/** So far beyond its pixel's edge a place still counts as inside: GDAL's guard against rounding. */
const EDGE = 1e-10;

/**
 * GDALRasterIOEx as rasterio calls it: a window, whole or not, in another size, from the overview that GDAL takes. The window lies inside
 * the raster.
 */
export function rasterIO(
  source: RasterSource,
  window: FloatWindow,
  width: number,
  height: number,
  resampling: Resampling,
): Promise<Pixels> {
  const asked: RequestWindow = {
    x: Math.trunc(window.column),
    y: Math.trunc(window.row),
    width: Math.trunc(Math.max(1, window.width)),
    height: Math.trunc(Math.max(1, window.height)),
    exact: window,
  };
  return readRequest(source, asked, width, height, resampling);
}

/** The same for a window of which the whole pixels are given too. */
export async function readRequest(
  source: RasterSource,
  asked: RequestWindow,
  width: number,
  height: number,
  resampling: Resampling,
): Promise<Pixels> {
  const { level, request } = bestLevel(source.levels, asked, width, height, resampling);
  const size = source.levels[level] ?? { width: 1, height: 1 };
  if (isWhole(request) && request.width === width && request.height === height) {
    return source.gather(level, run(request.x, width), run(request.y, height), true);
  }
  // Between two colours of a palette there is none.
  const nearest = palettesOf(source, level).map(
    (palette) => resampling === 'nearest' || (palette !== null && interpolates(resampling)),
  );
  const columns = nearestColumns(request, width, size.width);
  const rows = nearestRows(request, height, size.height);
  if (!nearest.includes(false)) return source.gather(level, columns, rows, true);
  const resampled = await resampleChunks(source, level, request, width, height, resampling);
  if (!nearest.includes(true)) return resampled;
  const plain = await source.gather(level, columns, rows, true);
  return {
    data: resampled.data.map((values, i) => (nearest[i] === true ? (plain.data[i] ?? values) : values)),
    masks: resampled.masks.map((mask, i) => (nearest[i] === true ? (plain.masks[i] ?? null) : mask)),
  };
}

function isWhole({ x, y, width, height, exact }: RequestWindow): boolean {
  return exact.column === x && exact.row === y && exact.width === width && exact.height === height;
}

function interpolates(resampling: Resampling): boolean {
  return (
    resampling === 'bilinear' ||
    resampling === 'cubic' ||
    resampling === 'cubic_spline' ||
    resampling === 'lanczos'
  );
}

/** GDAL adds the step from column to column, but multiplies it for rows: their last bits differ. */
function nearestColumns({ exact }: RequestWindow, count: number, size: number): Int32Array {
  const step = exact.width / count;
  const columns = new Int32Array(count);
  let at = 0.5 * step + exact.column + EDGE;
  for (let i = 0; i < count; i++, at += step) columns[i] = Math.min(Math.max(0, at), size - 1);
  return columns;
}

function nearestRows({ exact }: RequestWindow, count: number, size: number): Int32Array {
  const step = exact.height / count;
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    rows[i] = Math.min(Math.max(0, (i + 0.5) * step + exact.row + EDGE), size - 1);
  }
  return rows;
}

/** One band of `length` values, all the same. */
export function filled(source: RasterSource, length: number, value: number): NumberArray {
  const values = newArray(source.type, length);
  if (value !== 0) values.fill(value);
  return values;
}
