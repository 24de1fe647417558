import type { ServedRuntime } from '../check-bundle.js';
import type { PARITY } from './agreement.js';

/** What `geocrop model check --table` finds: plain data. */
export interface ParityReport {
  readonly bundle: { readonly name: string; readonly version: string; readonly digest: string };
  readonly table: {
    readonly file: string;
    /** Data rows, and of them those that the map would leave without a class. */
    readonly rows: number;
    readonly nodata: number;
  };
  readonly tolerances: typeof PARITY;
  readonly warnings: readonly string[];
  readonly members: readonly MemberRuns[];
  readonly comparisons: readonly ComparisonReport[];
  /** Every comparison is good. */
  readonly passed: boolean;
}

/** Which runtime a member is served by. */
export interface MemberRuns {
  readonly file: string;
  readonly runtime: ServedRuntime;
  /** Where it is onnxruntime-node: why. */
  readonly why: string | null;
}

/** The served runtime against another's predictions of one member, or of the vote. */
export interface ComparisonReport {
  /** `vote`, or a member's file. */
  readonly subject: string;
  /** `onnxruntime-node`, or the predictions' file. */
  readonly against: string;
  readonly rows: number;
  /** Over the rows that no rounding explains; null where there are none. */
  readonly largest: RowDifference | null;
  /** Rows beyond the tolerance that no rounding explains. */
  readonly different: number;
  readonly flips: {
    /** Rows with another label, those aside that a rounding explains. */
    readonly count: number;
    /** Of them those where the two best classes are within the tie: they may fall either way. */
    readonly ties: number;
    /** The first few. */
    readonly shown: readonly RowDifference[];
  };
  /** Rows beyond the tolerance, or with another label, whose input lies a rounding away from a threshold. */
  readonly roundings: {
    readonly count: number;
    readonly flips: number;
    readonly largest: number;
    readonly shown: readonly (RowDifference & { readonly moves: readonly MoveReport[] })[];
  };
  readonly passed: boolean;
}

export interface RowDifference {
  /** Data row of the table, from 0, and its line in the file. */
  readonly row: number;
  readonly line: number;
  readonly difference: number;
  /** The class where the difference is. */
  readonly class: string;
  /** By served runtime and by the others: the label, and how probable it and the other's label are. */
  readonly ours: LabelReport;
  readonly theirs: LabelReport;
}

export interface LabelReport {
  readonly label: string;
  readonly probability: number;
  readonly ofTheOther: number;
}

/** A feature's value across a threshold, scaled where the bundle scales. */
export interface MoveReport {
  readonly feature: string;
  readonly value: number;
  readonly moved: number;
  readonly threshold: number;
}
