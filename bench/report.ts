import type { Times } from './measure.js';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly value: number;
  /** `ms`, `×`, `MB`, `blocks`, … */
  readonly unit: string;
  /** Where it was measured several times. */
  readonly spread?: Times;
  /** What docs/architecture.md, "Budgets" allows: at most, or at least. */
  readonly budget?: { readonly atMost: number } | { readonly atLeast: number };
  readonly note?: string;
}

export interface BenchResult {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** Peers that were not there, and how to get them. */
  readonly skipped: readonly string[];
}

export function timeRow(what: string, spread: Times, more: Partial<Row> = {}): Row {
  return { what, value: spread.median, unit: 'ms', spread, ...more };
}

export function withinBudget({ value, budget }: Row): boolean | null {
  if (budget === undefined) return null;
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(digits);
}

/** A Markdown table whose columns also stand straight in a terminal. */
export function formatTable({ title, rows, skipped }: BenchResult): string {
  const head = ['', 'median', 'min … max', 'budget', ''];
  const lines = rows.map((row) => [
    row.what,
    `${formatNumber(row.value)} ${row.unit}`,
    row.spread === undefined
      ? ''
      : `${formatNumber(row.spread.min)} … ${formatNumber(row.spread.max)} (${row.spread.runs})`,
    budgetText(row),
    row.note ?? '',
  ]);
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...lines].map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    `### ${title}`,
    '',
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...lines.map(line),
    ...skipped.flatMap((reason) => ['', `Skipped: ${reason}`]),
    '',
  ].join('\n');
}

function budgetText(row: Row): string {
  if (row.budget === undefined) return '';
  const [sign, limit] = 'atMost' in row.budget ? ['≤', row.budget.atMost] : ['≥', row.budget.atLeast];
  return `${sign} ${formatNumber(limit)} ${row.unit}${withinBudget(row) === true ? ' ✓' : ' ✗'}`;
}
