import type { Dataset } from '../../../engine/raster-files/dataset.js';
import { bandDescription } from './band-names.js';

/** Smallest and largest value of the bands that state them; null where none does. */
export function statedMinMax({ bands }: Dataset): readonly (readonly [number, number])[] | null {
  const stated = bands.flatMap(({ metadata }) => {
    const { STATISTICS_MINIMUM: min, STATISTICS_MAXIMUM: max } = metadata;
    return min === undefined || max === undefined ? [] : [[Number(min), Number(max)] as const];
  });
  return stated.length === 0 ? null : stated;
}

/** `[["b1", "blue"], …]`. */
export function bandDescriptions(dataset: Dataset): readonly (readonly [string, string])[] {
  return dataset.bands.map((_, at) => [`b${at + 1}`, bandDescription(dataset, at + 1)] as const);
}

/** West, south, east, north as rasterio's `bounds`: of the corners, which a rotated grid exceeds. */
export function fileBounds({ transform, width, height }: Dataset): readonly [number, number, number, number] {
  const [a, b, c, d, e, f] = transform ?? [1, 0, 0, 0, 1, 0];
  if (b === 0 && d === 0) return [c, f + e * height, c + a * width, f];
  const xs = [c, c + a * width, c + a * width + b * height, c + b * height];
  const ys = [f, f + d * width, f + d * width + e * height, f + e * height];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const NODATA_TYPES = { nodata: 'Nodata', alpha: 'Alpha', mask: 'Mask', none: 'None' } as const;

/** TiTiler's `/info`. */
export function infoDocument(dataset: Dataset): Readonly<Record<string, unknown>> {
  const { bands, levels, width, height, nodata, palette, crs } = dataset;
  const minmax = statedMinMax(dataset);
  return {
    bounds: fileBounds(dataset),
    crs: crs?.name ?? null,
    band_metadata: bands.map(({ metadata }, at) => [`b${at + 1}`, metadata]),
    band_descriptions: bandDescriptions(dataset),
    dtype: dataset.dataType,
    nodata_type: NODATA_TYPES[dataset.mask],
    colorinterp: bands.map(({ colorInterpretation }) => colorInterpretation),
    scales: bands.map(({ scale }) => scale),
    offsets: bands.map(({ offset }) => offset),
    ...(palette === null
      ? {}
      : { colormap: Object.fromEntries([...palette].map(([value, color]) => [String(value), color])) }),
    driver: 'GTiff',
    count: bands.length,
    width,
    height,
    overviews: levels.slice(1).map((level) => Math.floor(0.5 + width / level.width)),
    ...(dataset.mask === 'nodata' && nodata !== null ? { nodata_value: shownNodata(nodata) } : {}),
    ...(minmax === null ? {} : { minmax }),
  };
}

/** JSON has no NaN; TiTiler writes null too. */
const shownNodata = (nodata: number): number | null => (Number.isFinite(nodata) ? nodata : null);
