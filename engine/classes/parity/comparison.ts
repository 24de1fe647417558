import type { Agreement } from './agreement.js';
import { PARITY } from './agreement.js';
import type { ComparisonReport, MoveReport, RowDifference } from './parity-report.js';
import type { Move } from './rounding.js';

/** Rows that are shown of each kind. */
const SHOWN = 10;

/** A row that is compared. */
export interface ComparedRow {
  readonly row: number;
  readonly line: number;
  readonly agreement: Agreement;
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
  /** Where both arrays hold the row. */
  readonly at: number;
}

export interface ComparisonNames {
  readonly subject: string;
  readonly against: string;
  readonly classes: readonly string[];
  readonly features: readonly string[];
}

/** Counts how rows compare, one after another, and keeps the first few that differ. */
export class Comparison {
  private rows = 0;
  private different = 0;
  private largest: RowDifference | null = null;
  private flips = 0;
  private ties = 0;
  private readonly shownFlips: RowDifference[] = [];
  private readonly roundings = { count: 0, flips: 0, largest: 0 };
  private readonly shownRoundings: (RowDifference & { readonly moves: readonly MoveReport[] })[] = [];

  constructor(readonly names: ComparisonNames) {}

  /** @param moves the rounding that explains the row's difference, where one does */
  add(row: ComparedRow, moves: readonly Move[] | null): void {
    const { agreement } = row;
    const flips = agreement.ours !== agreement.theirs;
    this.rows += 1;
    if (moves !== null) {
      this.roundings.count += 1;
      if (flips) this.roundings.flips += 1;
      this.roundings.largest = Math.max(this.roundings.largest, agreement.difference);
      if (this.shownRoundings.length < SHOWN) {
        this.shownRoundings.push({
          ...this.describe(row),
          moves: moves.map((move) => this.moveReport(move)),
        });
      }
      return;
    }
    if (!agreement.good) this.different += 1;
    if (this.largest === null || agreement.difference > this.largest.difference) {
      this.largest = this.describe(row);
    }
    if (!flips) return;
    this.flips += 1;
    if (agreement.lead <= PARITY.tie) this.ties += 1;
    if (this.shownFlips.length < SHOWN) this.shownFlips.push(this.describe(row));
  }

  /** Rows beyond the tolerance so far that no rounding explains. */
  get unexplained(): number {
    return this.different;
  }

  report(): ComparisonReport {
    const { subject, against } = this.names;
    return {
      subject,
      against,
      rows: this.rows,
      largest: this.largest,
      different: this.different,
      flips: { count: this.flips, ties: this.ties, shown: this.shownFlips },
      roundings: { ...this.roundings, shown: this.shownRoundings },
      passed: this.different === 0,
    };
  }

  private describe({ row, line, agreement, ours, theirs, at }: ComparedRow): RowDifference {
    const { classes } = this.names;
    const label = (values: Float64Array, own: number, other: number) => ({
      label: classes[own]!,
      probability: values[at + own]!,
      ofTheOther: values[at + other]!,
    });
    return {
      row,
      line,
      difference: agreement.difference,
      class: classes[agreement.worstClass]!,
      ours: label(ours, agreement.ours, agreement.theirs),
      theirs: label(theirs, agreement.theirs, agreement.ours),
    };
  }

  private moveReport({ column, value, moved, threshold }: Move): MoveReport {
    return { feature: this.names.features[column]!, value, moved, threshold };
  }
}
