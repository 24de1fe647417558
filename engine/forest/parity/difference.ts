import { agreementOf, PARITY } from '../../classes/parity/agreement.js';

/** How two runtimes' probabilities for the same rows differ. */
export interface Difference {
  /** Rows that were compared. */
  readonly rows: number;
  /** The largest absolute difference of a probability; Infinity where one of them is no number. */
  readonly largest: number;
  /** The row where it is; -1 where no probability differs. */
  readonly row: number;
  /** Rows whose label differs though one side is sure of it. */
  readonly flips: readonly number[];
}

/**
 * @param ours, expected row-major, [count, classes]
 * @param compare which rows; default all
 */
export function differenceOf(
  ours: Float64Array,
  expected: Float64Array,
  classes: number,
  compare: (row: number) => boolean = () => true,
): Difference {
  if (ours.length !== expected.length || ours.length % classes !== 0) {
    throw new RangeError(
      `got ${ours.length} probabilities, expected ${expected.length} of ${classes} classes`,
    );
  }
  let [rows, largest, worst] = [0, 0, -1];
  const flips: number[] = [];
  for (let row = 0; row < ours.length / classes; row++) {
    if (!compare(row)) continue;
    rows += 1;
    const one = agreementOf(ours, expected, row * classes, classes);
    if (one.difference > largest) [largest, worst] = [one.difference, row];
    if (one.ours !== one.theirs && one.lead > PARITY.tie) flips.push(row);
  }
  return { rows, largest, row: worst, flips };
}

/** Null where nothing is wrong; else what is. */
export function complaintOf({ largest, row, flips }: Difference): string | null {
  if (largest > PARITY.difference) return `row ${row} differs by ${largest.toPrecision(3)}`;
  if (flips.length > 0) return `the label of row ${flips[0]} differs`;
  return null;
}
