import { GeoCropError } from './errors.js';

/** A season as configured: from one day of the year to another, both included, over New Year where the end comes first. */
export interface SeasonDefinition {
  /** Key-safe: lower-case letters, digits and dashes. */
  readonly name: string;
  /** 1 to 12. */
  readonly startMonth: number;
  readonly startDay: number;
  readonly endMonth: number;
  readonly endDay: number;
}

/** A season of one year. Dates are UTC, `YYYY-MM-DD`, both included. */
export interface SeasonWindow {
  readonly name: string;
  /** The year in which it starts. */
  readonly year: number;
  readonly start: string;
  readonly end: string;
  /** Both ends counted. */
  readonly days: number;
  /** K of FEATURE_ORDER_V1: nodes every 10 days, t = 0 … 10 (K − 1). */
  readonly nodes: number;
}

/** Rain-fed crops: September to May. */
export const SUMMER: SeasonDefinition = {
  name: 'summer',
  startMonth: 9,
  startDay: 1,
  endMonth: 5,
  endDay: 31,
};
/** Irrigated wheat: May to October. */
export const WINTER: SeasonDefinition = {
  name: 'winter',
  startMonth: 5,
  startDay: 1,
  endMonth: 10,
  endDay: 31,
};

/** Days: a shorter season makes the harmonics of FEATURE_ORDER_V1 meaningless, a longer one meets the next. */
export const MIN_SEASON_DAYS = 120;
export const MAX_SEASON_DAYS = 366;
/** Days between the nodes of the regular series (FEATURE_ORDER_V1, section 4). */
export const NODE_DAYS = 10;

const DAY_MS = 86_400_000;

/** The season that starts in `year`. Throws `config-invalid` for a definition that is no season. */
export function seasonWindow(definition: SeasonDefinition, year: number): SeasonWindow {
  const { name, startMonth, startDay, endMonth, endDay } = definition;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw invalid(`A season's name holds lower-case letters, digits and dashes; "${name}" does not.`);
  }
  if (!Number.isInteger(year) || year < 1970 || year > 9999) {
    throw new GeoCropError('unknown-year', `${year} is not a year.`, { context: { year } });
  }
  const start = dayNumber(year, startMonth, startDay, name);
  const wraps = endMonth < startMonth || (endMonth === startMonth && endDay < startDay);
  const end = dayNumber(year + (wraps ? 1 : 0), endMonth, endDay, name);
  const days = end - start + 1;
  if (days < MIN_SEASON_DAYS || days > MAX_SEASON_DAYS) {
    throw invalid(
      `Season ${name} has ${days} days; ${MIN_SEASON_DAYS} to ${MAX_SEASON_DAYS} can be computed.`,
    );
  }
  return {
    name,
    year,
    start: isoDate(start),
    end: isoDate(end),
    days,
    nodes: Math.floor((days - 1) / NODE_DAYS) + 1,
  };
}

/** Whole days from the season's first day to a date (`YYYY-MM-DD`, or a date-time in UTC): t of FEATURE_ORDER_V1. */
export function dayOfSeason(window: SeasonWindow, date: string): number {
  return Math.floor(Date.parse(date) / DAY_MS) - Date.parse(window.start) / DAY_MS;
}

/** True once its last day is over: no further scene can belong to it. */
export function isClosed(window: SeasonWindow, now: Date): boolean {
  return now.getTime() >= Date.parse(window.end) + DAY_MS;
}

/** Days since 1970. A 29 February that the year lacks is its 28. */
function dayNumber(year: number, month: number, day: number, season: string): number {
  const longest = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  if (
    !Number.isInteger(month) ||
    !Number.isInteger(day) ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > longest
  ) {
    throw invalid(`Season ${season}: ${month}-${day} (month-day) is not a day of the year.`);
  }
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Date.UTC(year, month - 1, Math.min(day, last)) / DAY_MS;
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function invalid(message: string): GeoCropError {
  return new GeoCropError('config-invalid', message, {
    hint: 'Give a season as its first and last month and day, for example 09-01 to 05-31.',
  });
}
