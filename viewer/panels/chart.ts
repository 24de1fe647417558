import { strings } from '../strings.js';
import { dateOfDay, dayNumber } from './days.js';

/** Geometry of the series chart: plain numbers from plain numbers, drawn by series-chart.ts. */
export interface DatedValue {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly value: number;
}

export interface ChartFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartGeometry {
  /** Of a date, and of a value, in the frame; both held at its edges. */
  readonly xOf: (date: string) => number;
  readonly yOf: (value: number) => number;
  readonly points: readonly { readonly x: number; readonly y: number; readonly at: DatedValue }[];
  /** SVG path through the points, and the area under it. */
  readonly line: string;
  readonly area: string;
  readonly months: readonly { readonly x: number; readonly label: string; readonly newYear: string | null }[];
  readonly levels: readonly { readonly y: number; readonly label: string }[];
}

/** The season's days, widened to whole months around the data where the server does not say them. */
export function chartPeriod(
  values: readonly DatedValue[],
  period: readonly [string, string] | undefined,
): readonly [string, string] {
  if (period !== undefined) return period;
  const dates = values.map((value) => value.date.slice(0, 10)).sort();
  const first = dates[0] ?? '2000-01-01';
  const last = dates.at(-1) ?? '2000-12-31';
  const end = new Date(Date.UTC(Number(last.slice(0, 4)), Number(last.slice(5, 7)), 0));
  return [`${first.slice(0, 7)}-01`, end.toISOString().slice(0, 10)];
}

/**
 * @param period first and last day, both inside the frame
 * @param range lowest and highest value of the axis; values outside are held at its edge
 */
export function chartGeometry(
  values: readonly DatedValue[],
  period: readonly [string, string],
  range: readonly [number, number],
  frame: ChartFrame,
): ChartGeometry {
  const [first, last] = [dayNumber(period[0]), dayNumber(period[1])];
  const innerWidth = frame.width - frame.left - frame.right;
  const innerHeight = frame.height - frame.top - frame.bottom;
  const [low, high] = range;
  const xOf = (day: number): number => frame.left + (innerWidth * (day - first)) / Math.max(1, last - first);
  const yOf = (value: number): number =>
    frame.top + innerHeight * (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low));
  const points = values
    .filter((value) => Number.isFinite(value.value))
    .map((at) => ({ x: xOf(dayNumber(at.date)), y: yOf(at.value), at }))
    .sort((a, b) => a.x - b.x);
  const round = (value: number): string => value.toFixed(1);
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${round(p.x)} ${round(p.y)}`).join('');
  const floor = round(yOf(Math.max(low, Math.min(high, 0))));
  const start = points[0];
  const end = points.at(-1);
  const area =
    start === undefined || end === undefined
      ? ''
      : `${line}L${round(end.x)} ${floor}L${round(start.x)} ${floor}Z`;
  const hold = (day: number): number => Math.min(last, Math.max(first, day));
  const xOfDate = (date: string): number => xOf(hold(dayNumber(date)));
  return {
    xOf: xOfDate,
    yOf,
    points,
    line,
    area,
    months: monthTicks(first, last, xOf),
    levels: levelTicks(low, high, yOf),
  };
}

function monthTicks(first: number, last: number, xOf: (day: number) => number): ChartGeometry['months'] {
  const ticks: { x: number; label: string; newYear: string | null }[] = [];
  const start = new Date(dateOfDay(first));
  for (let month = start.getUTCMonth(), year = start.getUTCFullYear(); ; month += 1) {
    const date = new Date(Date.UTC(year, month, 1));
    const day = dayNumber(date.toISOString());
    if (day > last) return ticks;
    if (day < first) continue;
    const january = date.getUTCMonth() === 0;
    ticks.push({
      x: xOf(day),
      label: strings.format.months[date.getUTCMonth()] ?? '',
      newYear: january || ticks.length === 0 ? String(date.getUTCFullYear()) : null,
    });
  }
}

function levelTicks(low: number, high: number, yOf: (value: number) => number): ChartGeometry['levels'] {
  const step = (high - low) / 5 > 0.15 ? 0.5 : 0.2;
  const levels: { y: number; label: string }[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i += 1) {
    levels.push({ y: yOf(i * step), label: (i * step).toFixed(1).replace('-0.0', '0.0').replace('-', '−') });
  }
  return levels;
}

/** NDVI's axis: 0 to 1, and below where the data goes there (water, bare wet soil). */
export function ndviRange(values: readonly DatedValue[]): readonly [number, number] {
  const lowest = Math.min(0, ...values.map((value) => value.value).filter(Number.isFinite));
  return [Math.max(-1, Math.floor(lowest * 5) / 5), 1];
}

/** Index of the point nearest to `x`, or −1 where there is none. */
export function nearestPoint(points: readonly { readonly x: number }[], x: number): number {
  let best = -1;
  points.forEach((point, index) => {
    if (best < 0 || Math.abs(point.x - x) < Math.abs((points[best]?.x ?? 0) - x)) best = index;
  });
  return best;
}
