import { GeoCropError } from '../../errors.js';
import type { Dataset } from '../dataset.js';
import type { ReadOptions } from '../read.js';

/** What a read of a dataset comes down to, defaults filled in. */
export interface Reading {
  /** From 1; none is the alpha band unless it was asked for. */
  readonly bands: readonly number[];
  /** That decides which pixels are missing; null: a mask, an alpha band, or nothing does. */
  readonly nodata: number | null;
  /** The file's alpha band, where it decides. */
  readonly alphaBand: number | null;
}

/** @throws bad-request for a band that the file does not have */
export function readingOf(dataset: Dataset, options: ReadOptions): Reading {
  const found = dataset.bands.findIndex(({ colorInterpretation }) => colorInterpretation === 'alpha');
  const alphaBand = found < 0 ? null : found + 1;
  const all = dataset.bands.map((_, i) => i + 1).filter((band) => band !== alphaBand);
  const bands = options.bands ?? (all.length > 0 ? all : [1]);
  for (const band of bands) {
    if (Number.isInteger(band) && band >= 1 && band <= dataset.bands.length) continue;
    throw new GeoCropError('bad-request', `The file has no band ${band}.`, {
      hint: `Its bands are 1 to ${dataset.bands.length}.`,
      context: { band, bands: dataset.bands.length },
    });
  }
  if (bands.length === 0) throw new GeoCropError('bad-request', 'No band was asked for.');
  const nodata = options.nodata ?? dataset.nodata;
  return { bands, nodata, alphaBand: nodata === null ? alphaBand : null };
}
