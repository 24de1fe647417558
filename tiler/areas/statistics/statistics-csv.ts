import type { AreaStatistics, ClassStatistics } from './answer.js';

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
  'source',
  'year',
  'version',
] as const;

/**
 * The answer as a table, RFC 4180: a row a class, then a row for what has no class, is not computed, lies outside, and all of it. `share` is of what has a class in the
 * first, of the whole area in the others. What there is none of is empty.
 */
export function statisticsCsv(statistics: AreaStatistics): string {
  const { classes, completeness, area, source } = statistics;
  const of = [
    source.kind === 'map' ? `${source.season} ${source.model}` : `baseline ${source.baseline}`,
    source.year,
    source.version,
  ];
  const parts = [
    ['no_data', completeness.noData],
    ['not_computed', completeness.notComputed],
    ['outside_coverage', completeness.outsideCoverage],
    ['whole_area', { ...area, share: 1 }],
  ] as const;
  const rows = [
    COLUMNS,
    ...classes.map((entry) => [...classCells(entry), ...of]),
    ...parts.map(([name, { pixels, hectares, share }]) => [
      ...[name, '', '', pixels, hectares, share],
      ...['', '', '', '', ''],
      ...of,
    ]),
  ];
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function classCells({ id, name, pixels, hectares, share, meanConfidence, adjusted }: ClassStatistics) {
  return [
    'class',
    id,
    name,
    pixels,
    hectares,
    share,
    meanConfidence ?? '',
    adjusted?.hectares ?? '',
    adjusted?.standardError ?? '',
    adjusted?.interval[0] ?? '',
    adjusted?.interval[1] ?? '',
  ];
}

/** What a spreadsheet would take for a formula is text. */
function csvField(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
