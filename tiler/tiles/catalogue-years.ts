import { seasonWindow, type SeasonDefinition } from '../../engine/season.js';

/** Sentinel-2 L2A over Africa begins with 2017. */
const FIRST_YEAR = 2017;

/**
 * Years of each season that can be asked for, newest first: of a static catalogue (`dates` of its items) those that have
 * items; of an API (null) all from 2017 to the season that has begun last.
 */
export function catalogueYears(
  dates: readonly string[] | null,
  seasons: readonly SeasonDefinition[],
  now: () => Date,
): (season: SeasonDefinition) => readonly number[] {
  if (dates === null) return (season) => yearsUntil(season, now());
  const found = new Map(
    seasons.map((season) => {
      const years = new Set(
        dates.flatMap((date) => [Number(date.slice(0, 4)), Number(date.slice(0, 4)) - 1]),
      );
      const inSeason = [...years].filter((year) => {
        const { start, end } = seasonWindow(season, year);
        return dates.some((date) => date >= start && date <= end);
      });
      return [season.name, inSeason.sort((a, b) => b - a)] as const;
    }),
  );
  return (season) => found.get(season.name) ?? [];
}

function yearsUntil(season: SeasonDefinition, now: Date): number[] {
  const years: number[] = [];
  for (let year = now.getUTCFullYear(); year >= FIRST_YEAR; year -= 1) {
    if (seasonWindow(season, year).start <= now.toISOString().slice(0, 10)) years.push(year);
  }
  return years;
}
