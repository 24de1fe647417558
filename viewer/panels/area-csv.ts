import type { MapKey } from '../api.js';
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

/**
 * The table for a spreadsheet, RFC 4180: a row a class, then what has no class, is not computed, lies outside, and all of it. Names of
 * columns and rows are not translated: programs read them.
 */
export function areaCsv(
  { classes, completeness, area }: AreaStatistics,
  { season, year, model }: MapKey,
): string {
  const of = [season, year, model];
  const parts = [
    ['no_data', completeness.noData],
    ['not_computed', completeness.notComputed],
    ['outside_coverage', completeness.outsideCoverage],
    ['whole_area', { ...area, share: 1 }],
  ] as const;
  return [
    COLUMNS,
    ...classes.map((entry) => [...cells(entry), ...of]),
    ...parts.map(([row, { pixels, hectares, share }]) => [
      row,
      '',
      '',
      pixels,
      hectares,
      share,
      '',
      '',
      '',
      '',
      '',
      ...of,
    ]),
  ]
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('');
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
