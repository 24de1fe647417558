import type { MapKey } from '../api.js';
import { bothComplete, classChanges } from './class-changes.js';
import type { AreaStatistics, ClassStatistics } from './statistics.js';

const COLUMNS = [
  'row',
  'id',
  'name',
  'pixels',
  'hectares',
  'share',
  'mean_confidence',
  'adjusted_hectares',
  'standard_error',
  'low_95',
  'high_95',
  'season',
  'year',
  'model',
];

/** Of a class on the second of two maps: hectares more than on the first, and which that is. */
const CHANGE_COLUMNS = ['change_hectares', 'change_since'];

/** What was counted on one map. */
export interface CountedRows {
  readonly key: MapKey;
  readonly statistics: AreaStatistics;
}

/**
 * The table for a spreadsheet, RFC 4180: a row a class, then what has no class, is not computed, lies outside, and all of it. Of two
 * maps one after the other; where both tell the same classes apart and all is computed, the second's rows have the change. Names of
 * columns and rows are not translated: programs read them.
 */
export function areaCsv(counted: readonly CountedRows[]): string {
  const [first, second] = counted;
  if (first === undefined) return '';
  if (second === undefined) return csv([COLUMNS, ...rowsOf(first)]);
  const changes =
    bothComplete(first.statistics, second.statistics) &&
    classChanges(first.statistics, second.statistics) !== null;
  const before = new Map(first.statistics.classes.map(({ name, hectares }) => [name, hectares]));
  const since = Object.values(first.key).join(' ');
  const none = CHANGE_COLUMNS.map(() => '');
  const classes = second.statistics.classes.map(({ name, hectares }) =>
    changes ? [round(hectares - (before.get(name) ?? 0)), since] : none,
  );
  return csv([
    [...COLUMNS, ...CHANGE_COLUMNS],
    ...rowsOf(first).map((row) => [...row, ...none]),
    ...rowsOf(second).map((row, at) => [...row, ...(classes[at] ?? none)]),
  ]);
}

/** `geocrop-summer-2024-Ensemble-area.csv`; of two maps with the years, or models, of both. */
export function csvName(counted: readonly CountedRows[]): string {
  const parts = (['season', 'year', 'model'] as const).flatMap((part) => [
    ...new Set(counted.map(({ key }) => String(key[part]))),
  ]);
  return `geocrop-${parts.join('-')}-area.csv`;
}

type Row = readonly (string | number)[];

const csv = (rows: readonly Row[]): string => rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

/** The answer's hectares have four decimals: square metres. */
const round = (value: number): number => Number(value.toFixed(4));

function rowsOf({ key: { season, year, model }, statistics }: CountedRows): Row[] {
  const { classes, completeness, area } = statistics;
  const of = [season, year, model];
  const parts = [
    ['no_data', completeness.noData],
    ['not_computed', completeness.notComputed],
    ['outside_coverage', completeness.outsideCoverage],
    ['whole_area', { ...area, share: 1 }],
  ] as const;
  const empty = ['', '', '', '', ''];
  return [
    ...classes.map((entry) => [...cells(entry), ...of]),
    ...parts.map(([row, { pixels, hectares, share }]) => [
      ...[row, '', '', pixels, hectares, share],
      ...empty,
      ...of,
    ]),
  ];
}

function cells(entry: ClassStatistics): (string | number)[] {
  const { id, name, pixels, hectares, share, meanConfidence, adjusted } = entry;
  const [low, high] = adjusted?.interval ?? [];
  return [
    ...['class', id, name, pixels, hectares, share, meanConfidence ?? ''],
    ...[adjusted?.hectares ?? '', adjusted?.standardError ?? '', low ?? '', high ?? ''],
  ];
}

/** What a spreadsheet would take for a formula is text. */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
