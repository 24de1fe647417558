import { GeoCropError } from '../../engine/errors.js';
import type { BaselineTiles, BaselineYear } from '../tiles/baseline-tiles.js';

/** The baseline of a year; of no year: the latest that there is. Throws `unknown-year` with the years. */
export async function baselineOf(
  baselines: BaselineTiles | undefined,
  year: number | undefined,
): Promise<BaselineYear> {
  const years = (await baselines?.years()) ?? [];
  const found = year === undefined ? years.at(-1) : years.find((candidate) => candidate.year === year);
  if (found !== undefined) return found;
  throw new GeoCropError('unknown-year', `There is no baseline${year === undefined ? '' : ` of ${year}`}.`, {
    hint:
      years.length === 0
        ? 'No baseline is stored: put its files into the bucket geocrop-baselines.'
        : `Years: ${years.map((candidate) => candidate.year).join(', ')}.`,
    context: { year: year ?? null },
  });
}
