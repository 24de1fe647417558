import { counted } from '../../counted.js';
import { runtimeText } from '../check-bundle.js';
import type { ComparisonReport, MoveReport, ParityReport, RowDifference } from './parity-report.js';

/** The report as lines for a person. */
export function parityLines(report: ParityReport): string[] {
  const { bundle, table } = report;
  const nodata = table.nodata === 0 ? '' : `, ${table.nodata} of them without features and left out`;
  return [
    `${bundle.name} ${bundle.version}  (${bundle.digest.slice(0, 16)})`,
    `table      ${table.file}: ${counted(table.rows, 'row')}${nodata}`,
    ...report.warnings.map((warning) => `warning    ${warning}`),
    ...report.members.map(({ file, runtime, why }) => `member     ${file}: ${runtimeText(runtime, why)}`),
    ...(table.rows > table.nodata ? report.comparisons.flatMap(comparisonLines) : []),
    verdict(report),
  ];
}

function verdict({ passed, comparisons, tolerances: { difference, tie } }: ParityReport): string {
  if (passed) return `same       within ${difference}, labels too (ties of ${tie} aside)`;
  if (comparisons.every((comparison) => comparison.passed)) return 'nothing    was compared';
  return `different  the limit is ${difference}, and labels must be the same (ties of ${tie} aside)`;
}

function comparisonLines(comparison: ComparisonReport): string[] {
  const { subject, against, rows, largest, different, flips, roundings } = comparison;
  const ties = flips.ties === 0 ? '' : ` (${flips.ties} of them ties)`;
  const lines = [
    `${subject} against ${against}: ${counted(rows, 'row')}, largest difference ${number(largest?.difference ?? 0)}` +
      `, ${counted(flips.count, 'label')} flipped${ties}, ${counted(different, 'row')} beyond the limit${comparison.passed ? '' : '  ✗'}`,
  ];
  const more = (shown: number, count: number): string[] =>
    count > shown ? [`  … and ${count - shown} more`] : [];
  if (largest !== null && different > 0) lines.push(`  largest: ${rowText(largest)} for ${largest.class}`);
  lines.push(
    ...flips.shown.map((row) => `  flips: ${rowText(row)}`),
    ...more(flips.shown.length, flips.count),
  );
  if (roundings.count > 0) {
    lines.push(
      `  a rounding away from a threshold, set apart: ${counted(roundings.count, 'row')}, ${roundings.flips} of them with another label, largest difference ${number(roundings.largest)}`,
      ...roundings.shown.map((row) => `    ${rowText(row)}; ${row.moves.map(moveText).join(', ')}`),
      ...more(roundings.shown.length, roundings.count),
    );
  }
  return lines;
}

function rowText({ row, line, difference, ours, theirs }: RowDifference): string {
  const labels =
    ours.label === theirs.label
      ? `${ours.label} ${number(ours.probability)}, theirs ${number(theirs.probability)}`
      : `${ours.label} ${number(ours.probability)} (${theirs.label} ${number(ours.ofTheOther)}), ` +
        `theirs ${theirs.label} ${number(theirs.probability)} (${ours.label} ${number(theirs.ofTheOther)})`;
  return `row ${row} (line ${line}): ${labels}, difference ${number(difference)}`;
}

/** The same with a value moved by a rounding: proof that nothing else is behind the difference. */
const moveText = ({ feature, value, moved, threshold }: MoveReport): string =>
  `with ${feature} ${moved} for ${value} (threshold ${threshold}) the same`;

const number = (value: number): string => (value !== 0 && value < 1e-3 ? value.toExponential(1) : value.toPrecision(7)).replace(/^0\.0+$/, '0'); // prettier-ignore
