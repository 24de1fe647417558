import type { Dataset, FileCrs } from '../dataset.js';
import type { Image } from '../image.js';
import type { ReadOptions, Resampling } from '../read.js';
import { assembleImage } from './assemble-image.js';
import type { Box, FloatWindow } from './grid/affine.js';
import { apply, boxOfRaster } from './grid/affine.js';
import type { Georeferenced } from './grid/georeferenced.js';
import type { Grid } from './grid/suggested-output.js';
import type { ReaderOptions } from './reader-options.js';
import { warpHere } from './reader-options.js';
import { readingOf } from './read-options.js';
import { bestLevel } from './resample/best-overview.js';
import type { OuterWindow } from './resample/boundless-io.js';
import { boundlessIO, usesVirtualOverview } from './resample/boundless-io.js';
import type { Pixels } from './resample/raster-io.js';
import { rasterIO } from './resample/raster-io.js';
import { DatasetSource } from './source/dataset-source.js';
import { PixelBudget } from './source/pixel-budget.js';
import type { RasterSource } from './source/raster-source.js';
import { WarpedSource } from './source/warped-source.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A window of the file in its own reference system; it may reach beyond the file. */
export async function readWindow(
  dataset: Dataset,
  window: FloatWindow,
  size: Size,
  place: { readonly bounds: Box | null; readonly crs: FileCrs | null },
  options: ReadOptions,
  reader: ReaderOptions,
): Promise<Image> {
  const reading = readingOf(dataset, options);
  const bands = reading.alphaBand === null ? reading.bands : [...reading.bands, reading.alphaBand];
  const budget = new PixelBudget(reader.maxSourcePixels);
  const sourceOf = (some: readonly number[]): RasterSource => {
    const source = new DatasetSource(dataset, some, budget, options.signal);
    return reading.nodata === null ? source : withNodata(source, reading.nodata);
  };
  const { column, row, width, height } = window;
  const inside = column >= 0 && row >= 0 && column + width <= dataset.width && row + height <= dataset.height;
  const resampling = options.resampling ?? 'nearest';
  const pixels = inside
    ? await rasterIO(
        new DatasetSource(dataset, bands, budget, options.signal),
        window,
        size.width,
        size.height,
        resampling,
      )
    : await readBoundless(
        sourceOf,
        bands,
        dataset.mask === 'mask',
        outerWindow(dataset, window),
        size,
        resampling,
      );
  return assembleImage(
    dataset,
    reading,
    pixels,
    reading.alphaBand !== null,
    { ...size, ...place },
    options.unscale ?? false,
  );
}

/** Where the file begins in a window, as rasterio works it out: of a rotated file not the place that one would expect. */
function outerWindow({ transform }: Dataset, { column, row, width, height }: FloatWindow): OuterWindow {
  if (transform === null) return { x: -column, y: -row, width, height };
  const [a, , c, , e, f] = transform;
  const [left, top] = apply(transform, column, row);
  // The affine package's sums, not simplified: what a sample on the edge of two pixels falls to depends on the last bit.
  return { x: (c - (c + (left - c))) / a, y: (f - (f + (top - f))) / e, width, height };
}

/**
 * rasterio asks the same virtual raster for one band after another, and GDAL 3.10 uses its overviews for the first read only: bands after
 * the first, and masks of a mask band, come without.
 */
async function readBoundless(
  sourceOf: (bands: readonly number[]) => RasterSource,
  bands: readonly number[],
  maskBand: boolean,
  window: OuterWindow,
  { width, height }: Size,
  resampling: Resampling,
): Promise<Pixels> {
  const read = (some: readonly number[], how: Resampling, overviews: boolean): Promise<Pixels> =>
    boundlessIO(sourceOf(some), window, width, height, how, overviews);
  const one = bands.slice(0, 1);
  const later = usesVirtualOverview(sourceOf(one), window, width, height);
  // The virtual raster's overviews forget the resampling, and so does its mask.
  const first = later ? await read(one, 'nearest', true) : null;
  if (first !== null && bands.length === 1 && !maskBand) return first;
  const all = await read(bands, resampling, false);
  const data = first === null ? all.data : [...first.data, ...all.data.slice(1)];
  if (!maskBand) {
    return { data, masks: first === null ? all.masks : [...first.masks, ...all.masks.slice(1)] };
  }
  if (resampling === 'nearest') return { data, masks: all.masks };
  const { masks } = await read(one, 'nearest', false);
  return { data, masks: data.map(() => masks[0] ?? null) };
}

function withNodata(source: RasterSource, nodata: number): RasterSource {
  return {
    levels: source.levels,
    type: source.type,
    palettes: source.palettes,
    plainOverviews: source.plainOverviews,
    nodata,
    gather: (level, columns, rows, withMasks) => source.gather(level, columns, rows, withMasks),
  };
}

/** All of a grid in another reference system (or another grid of the same), in another size. */
export async function readWarped(
  dataset: Dataset,
  place: Georeferenced,
  grid: Grid,
  crs: FileCrs,
  size: Size,
  options: ReadOptions,
  reader: ReaderOptions,
): Promise<Image> {
  const reading = readingOf(dataset, options);
  const alpha = reading.nodata === null;
  const data = dataset.bands.filter(({ colorInterpretation }) => colorInterpretation !== 'alpha').length;
  const source = new WarpedSource(
    dataset,
    place,
    {
      grid,
      crs,
      resampling: options.reproject ?? 'nearest',
      bands: reading.bands,
      alpha,
      nodata: reading.nodata,
    },
    new PixelBudget(reader.maxSourcePixels),
    reader.runWarp ?? warpHere,
    options.signal,
  );
  const resampling = options.resampling ?? 'nearest';
  const window = { column: 0, row: 0, width: grid.width, height: grid.height };
  let pixels: Pixels;
  if (reading.bands.length >= data) {
    const request = { x: 0, y: 0, width: grid.width, height: grid.height, exact: window };
    const { level } = bestLevel(source.levels, request, size.width, size.height, resampling);
    pixels = await source.whole(level, size);
  } else {
    pixels = await rasterIO(source, window, size.width, size.height, resampling);
  }
  return assembleImage(
    dataset,
    reading,
    pixels,
    alpha,
    { ...size, bounds: boxOfRaster(grid.transform, grid.width, grid.height), crs },
    options.unscale ?? false,
  );
}
