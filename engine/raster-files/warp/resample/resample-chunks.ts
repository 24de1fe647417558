import { newArray } from '../../../windows/block-spec.js';
import type { NumberArray } from '../../dataset.js';
import type { Resampling } from '../../read.js';
import type { RasterSource } from '../source/raster-source.js';
import { palettesOf, run } from '../source/raster-source.js';
import type { RequestWindow } from './best-overview.js';
import { average } from './average.js';
import type { Chunk, Resampler } from './chunk.js';
import { convolution } from './convolution.js';
import { gauss } from './gauss.js';
import { mode } from './mode.js';
import { paletteMean } from './palette-mean.js';
import type { Pixels } from './raster-io.js';

/** Source pixels that GDAL resamples at once. */
const CHUNK_PIXELS = 1024 * 1024;

/** Source pixels around a chunk, times the factor: GDAL's kernel radius of an overview method. */
const RADIUS: Readonly<Record<Resampling, number>> = {
  nearest: 0,
  bilinear: 1,
  cubic: 2,
  cubic_spline: 2,
  lanczos: 3,
  average: 0,
  mode: 0,
  gauss: 1,
  rms: 0,
};

/**
 * GDALRasterBand::RasterIOResampled: reduces or enlarges with the kernels that GDAL makes overviews with. Pixels that do not count
 * by the band's mask are left out; masks are resampled the same way.
 */
export async function resampleChunks(
  source: RasterSource,
  level: number,
  request: RequestWindow,
  width: number,
  height: number,
  resampling: Resampling,
): Promise<Pixels> {
  const size = source.levels[level] ?? { width: 1, height: 1 };
  const across = axis(request.x, request.exact.column, request.exact.width, width);
  const down = axis(request.y, request.exact.row, request.exact.height, height);
  const [blockWidth, blockHeight] = chunkSize(across.ratio, down.ratio, width, height, size);
  const data = source.palettes.map(() => newArray(source.type, width * height));
  const masks: (Uint8Array | null)[] = data.map(() => null);
  const resample = resamplerOf(resampling);
  const palettes = palettesOf(source, level);
  const byColour = resampling === 'average' || resampling === 'rms';
  const margin = margins(source, level, request, width, height, across.ratio, down.ratio, resampling);
  for (let y = 0; y < height; y += blockHeight) {
    const countY = Math.min(blockHeight, height - y);
    const rows = extent(down, request.y, y, countY, margin.y, size.height);
    for (let x = 0; x < width; x += blockWidth) {
      const countX = Math.min(blockWidth, width - x);
      const columns = extent(across, request.x, x, countX, margin.x, size.width);
      const read = await source.gather(
        level,
        run(columns.first, columns.count),
        run(rows.first, rows.count),
        true,
      );
      const chunk: Chunk = {
        x: columns.first - (across.virtual === null ? request.x : 0),
        y: rows.first - (down.virtual === null ? request.y : 0),
        width: columns.count,
        height: rows.count,
        ratioX: across.ratio,
        ratioY: down.ratio,
        deltaX: across.delta,
        deltaY: down.delta,
        outX: x + (across.virtual ?? 0),
        outY: y + (down.virtual ?? 0),
        outWidth: countX,
        outHeight: countY,
      };
      for (let b = 0; b < data.length; b++) {
        const mask = read.masks[b] ?? null;
        const values = read.data[b] as NumberArray;
        const palette = byColour ? (palettes[b] ?? null) : null;
        const done =
          palette === null
            ? resample(chunk, values, usable(mask), source.type, source.nodata, resampling)
            : paletteMean(chunk, values, palette, source.type, source.nodata, resampling === 'rms');
        place(done, countX, data[b] as NumberArray, width, x, y);
        if (mask === null && masks[b] === null) continue;
        const whole = (masks[b] ??= new Uint8Array(width * height).fill(255));
        const maskDone = mask === null ? null : resample(chunk, mask, null, 'uint8', null, resampling);
        if (maskDone !== null) place(maskDone, countX, whole, width, x, y);
      }
    }
  }
  return { data, masks };
}

/** A mask of which every pixel counts is as good as none; GDAL tells by one value all over. */
function usable(mask: Uint8Array | null): Uint8Array | null {
  if (mask === null) return null;
  const [first] = mask;
  if (first === 0 || first === undefined) return mask;
  return mask.every((value) => value === first) ? null : mask;
}

interface Axis {
  /** Source pixels an output pixel. */
  readonly ratio: number;
  /** Where the output would begin in an output of the whole raster, if that is a whole pixel. */
  readonly virtual: number | null;
  /** Of the exact window from the whole one. */
  readonly delta: number;
}

function axis(first: number, exactFirst: number, exactSize: number, count: number): Axis {
  const ratio = exactSize / count;
  const at = exactFirst / ratio;
  const whole = Math.trunc(at + 0.5);
  if (Math.abs(at - whole) < 1e-8) return { ratio, virtual: whole, delta: 0 };
  return { ratio, virtual: null, delta: exactFirst - first };
}

function chunkSize(
  ratioX: number,
  ratioY: number,
  width: number,
  height: number,
  size: { readonly width: number; readonly height: number },
): [number, number] {
  let w = width;
  let h = height;
  for (;;) {
    const fullX = Math.min(3 + Math.trunc(w * ratioX), size.width);
    const fullY = Math.min(3 + Math.trunc(h * ratioY), size.height);
    if ((w === 1 && h === 1) || fullX * fullY <= CHUNK_PIXELS) return [w, h];
    if (w > 1 && (fullX > fullY || h === 1)) w >>= 1;
    else h >>= 1;
  }
}

/** Source pixels beyond those that an output pixel covers. */
function margins(
  source: RasterSource,
  level: number,
  request: RequestWindow,
  width: number,
  height: number,
  ratioX: number,
  ratioY: number,
  resampling: Resampling,
): { readonly x: number; readonly y: number } {
  const radius = RADIUS[resampling];
  const factorX = Math.max(1, Math.trunc(0.5 + ratioX));
  const factorY = Math.max(1, Math.trunc(0.5 + ratioY));
  // GDAL reads several bands at once where they have a mask in common and no overview left: then with one margin for both axes.
  const reduces = width < request.width || height < request.height;
  const together =
    source.palettes.length > 1 &&
    resamplerOf(resampling) === convolution &&
    source.nodata === null &&
    !(reduces && level === 0 && source.levels.length > 1);
  if (!together) return { x: radius * factorX, y: radius * factorY };
  const factor = Math.max(factorX, factorY);
  return { x: radius * factor, y: radius * factor };
}

function extent(
  { ratio }: Axis,
  origin: number,
  from: number,
  count: number,
  margin: number,
  size: number,
): { readonly first: number; readonly count: number } {
  const low = origin + Math.trunc(from * ratio);
  const high = Math.min(size, origin + 1 + Math.trunc(Math.ceil((from + count) * ratio)));
  const first = Math.max(0, low - margin);
  return { first, count: Math.min(size, high + margin) - first };
}

function resamplerOf(resampling: Resampling): Resampler {
  switch (resampling) {
    case 'bilinear':
    case 'cubic':
    case 'cubic_spline':
    case 'lanczos':
      return convolution;
    case 'average':
    case 'rms':
      return average;
    case 'mode':
      return mode;
    case 'gauss':
      return gauss;
    case 'nearest':
      throw new RangeError('nearest is not resampled');
  }
}

function place(
  values: NumberArray,
  width: number,
  target: NumberArray,
  stride: number,
  x: number,
  y: number,
): void {
  const rows = values.length / width;
  for (let row = 0; row < rows; row++) {
    target.set(values.subarray(row * width, (row + 1) * width), (y + row) * stride + x);
  }
}
