import { strings } from '../strings.js';

const DAY_MS = 86_400_000;

/** Whole days since 1970 of `YYYY-MM-DD`, or of a date-time in UTC. */
export const dayNumber = (date: string): number =>
  Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / DAY_MS);

export const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** `3 Jan 2025`. */
export function dayName(date: string): string {
  const [year = '', month, day] = date.slice(0, 10).split('-');
  return strings.format.day(Number(day), Number(month), year);
}
