import { NODE_STEP_DAYS } from './regular-series.js';

/** Node values within this of each other count as equal, so that rounding decides nothing. */
export const TIE = 1e-5;
/** The season starts and ends where the series crosses this share of the way from its lowest point to its peak. */
export const SEASON_LEVEL = 0.2;

/** Dates in days since the season's first day, rates in index units a day, integrals in index units · days. */
export interface Phenology {
  readonly base: number;
  readonly amplitude: number;
  readonly sos: number;
  readonly pos: number;
  readonly eos: number;
  readonly auc: number;
  readonly aucSeason: number;
  readonly greenupRate: number;
  readonly senescenceRate: number;
}

/** @param s the smoothed series at t_k = 10 k, at least two nodes */
export function phenology(s: readonly number[]): Phenology {
  const last = s.length - 1;
  const max = Math.max(...s);
  const base = Math.min(...s);
  const p = s.findIndex((value) => value >= max - TIE);
  const sos = startOfSeason(s, p);
  const eos = endOfSeason(s, p);
  const rises = s.slice(1).map((value, k) => (value - s[k]!) / NODE_STEP_DAYS);
  return {
    base,
    amplitude: max - base,
    sos,
    pos: p * NODE_STEP_DAYS,
    eos,
    auc: integral(s, 0, last * NODE_STEP_DAYS),
    aucSeason: integral(s, sos, eos),
    greenupRate: p === 0 ? 0 : Math.max(...rises.slice(0, p)),
    senescenceRate: p === last ? 0 : Math.max(...rises.slice(p).map((rise) => -rise)),
  };
}

function startOfSeason(s: readonly number[], p: number): number {
  const peak = s[p]!;
  const low = Math.min(...s.slice(0, p + 1));
  if (peak - low < TIE) return 0;
  const level = low + SEASON_LEVEL * (peak - low);
  let k = p - 1;
  while (s[k]! > level) k -= 1;
  return NODE_STEP_DAYS * k + (NODE_STEP_DAYS * (level - s[k]!)) / (s[k + 1]! - s[k]!);
}

function endOfSeason(s: readonly number[], p: number): number {
  const peak = s[p]!;
  const low = Math.min(...s.slice(p));
  if (peak - low < TIE) return NODE_STEP_DAYS * (s.length - 1);
  const level = low + SEASON_LEVEL * (peak - low);
  let k = p + 1;
  while (s[k]! > level) k += 1;
  return NODE_STEP_DAYS * (k - 1) + (NODE_STEP_DAYS * (s[k - 1]! - level)) / (s[k - 1]! - s[k]!);
}

/** Integral of the piecewise-linear series between two days of it, from ≤ to. */
function integral(s: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let k = 0; k + 1 < s.length; k += 1) {
    const start = k * NODE_STEP_DAYS;
    const a = Math.max(from, start);
    const b = Math.min(to, start + NODE_STEP_DAYS);
    if (b <= a) continue;
    const slope = (s[k + 1]! - s[k]!) / NODE_STEP_DAYS;
    const atA = s[k]! + slope * (a - start);
    const atB = s[k]! + slope * (b - start);
    sum += ((b - a) * (atA + atB)) / 2;
  }
  return sum;
}
