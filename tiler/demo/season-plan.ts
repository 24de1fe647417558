/** One pass of the satellite over the simulated country. */
export interface PassPlan {
  /** UTC date. */
  readonly date: string;
  /** Days from 1 September 2024. */
  readonly day: number;
  /** Share of the country under clouds, 0 to 1. */
  readonly cover: number;
  readonly clouds: 'scattered' | 'banks' | 'front';
  /** How much thin cirrus, 0 to 1. */
  readonly cirrus: number;
  /** Haze, 0 (clean, after rain) to 1. */
  readonly haze: number;
  /** How wet bare soil is, 0 to 1. */
  readonly wetness: number;
  /** The swath ends inside the country: what lies beyond x = at + 0.19·y, metres, to the named side, is nodata. */
  readonly swathEnds?: { readonly side: 'west' | 'east'; readonly at: number };
  /** Also published earlier, with an older processing baseline. */
  readonly alsoOlder?: true;
  readonly platform: 'S2A' | 'S2B' | 'S2C';
  readonly relativeOrbit: number;
}

export const SEASON_START = '2024-09-01';
const DAY_MS = 86_400_000;
/** 5-day revisits are counted from here; passes of the neighbouring orbit come 3 days later and see a part only. */
const FIRST_PASS = '2024-09-04';

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

type Row = readonly [
  date: string,
  cover: number,
  clouds: PassPlan['clouds'],
  cirrus: number,
  haze: number,
  wetness: number,
  more?: Pick<PassPlan, 'swathEnds' | 'alsoOlder'>,
];

/** 24 of the season's passes: a dry and smoky September, rains from mid-November, clear again from April. */
const ROWS: readonly Row[] = [
  ['2024-09-04', 0.006, 'scattered', 0, 0.5, 0],
  ['2024-09-14', 0, 'scattered', 0, 0.7, 0],
  ['2024-09-24', 0.02, 'scattered', 0.15, 0.9, 0],
  ['2024-10-09', 0.015, 'scattered', 0, 1, 0],
  ['2024-10-17', 0.05, 'scattered', 0, 0.8, 0.1, { swathEnds: { side: 'east', at: 3900 } }],
  ['2024-10-24', 0.11, 'scattered', 0, 0.7, 0.15],
  ['2024-11-03', 0.07, 'scattered', 0.35, 0.6, 0.2],
  ['2024-11-13', 0.33, 'banks', 0, 0.3, 0.7],
  ['2024-11-23', 0.23, 'scattered', 0.2, 0.3, 0.5],
  ['2024-12-03', 0.74, 'banks', 0.3, 0.3, 0.9],
  ['2024-12-11', 0.28, 'scattered', 0, 0.2, 0.6, { swathEnds: { side: 'west', at: -2600 } }],
  ['2024-12-18', 0.45, 'banks', 0, 0.2, 0.8],
  ['2024-12-28', 0.93, 'banks', 0.4, 0.3, 1],
  ['2025-01-07', 0.36, 'scattered', 0.1, 0.2, 0.8],
  ['2025-01-17', 0.5, 'front', 0, 0.2, 0.9],
  ['2025-01-27', 0.19, 'scattered', 0, 0.15, 0.6],
  ['2025-02-06', 0.38, 'scattered', 0, 0.15, 0.7],
  ['2025-02-16', 0.71, 'banks', 0.5, 0.3, 0.9],
  ['2025-02-26', 0.27, 'banks', 0, 0.15, 0.6],
  ['2025-03-08', 0.17, 'scattered', 0.15, 0.15, 0.5],
  ['2025-03-18', 0.1, 'scattered', 0, 0.1, 0.4, { alsoOlder: true }],
  ['2025-04-02', 0.05, 'scattered', 0, 0.2, 0.3],
  ['2025-04-22', 0.015, 'scattered', 0.1, 0.25, 0.15],
  ['2025-05-12', 0.004, 'scattered', 0, 0.35, 0.05],
];

export const PASSES: readonly PassPlan[] = ROWS.map(([date, cover, clouds, cirrus, haze, wetness, more]) => {
  const sinceFirst = daysBetween(FIRST_PASS, date);
  const neighbour = sinceFirst % 5 !== 0;
  const odd = Math.floor(sinceFirst / 5) % 2 === 1;
  return {
    date,
    day: daysBetween(SEASON_START, date),
    cover,
    clouds,
    cirrus,
    haze,
    wetness,
    // Sentinel-2C took over from Sentinel-2A on 21 January 2025.
    platform: !odd ? 'S2B' : date >= '2025-01-21' ? 'S2C' : 'S2A',
    relativeOrbit: neighbour ? 35 : 135,
    ...more,
  };
});
