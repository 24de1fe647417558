import { thresholdOfLess, thresholdOfLessOrEqual } from '../round-threshold.js';

/** What LightGBM takes for zero: |x| <= 1e-35 as a float32 (kZeroThreshold, include/LightGBM/meta.h). */
export const ZERO = Math.fround(1e-35);

const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING_SHIFT = 2;

export interface Decision {
  /** x <= threshold goes left. */
  readonly threshold: number;
  readonly missingLeft: boolean;
}

/** Why a decision cannot be said as one comparison. */
export type OddDecision = 'categorical' | 'unknown' | 'zero-apart';

/**
 * A branch as one comparison of float32 numbers. Tree::NumericalDecision (include/LightGBM/tree.h), by what counts as missing:
 * none: NaN is 0, x <= t; NaN: it goes the default way, else x <= t; zero: 0 and NaN go the default way, else x <= t. The
 * predictor hands zeros on as exactly 0 before (src/c_api.cpp, RowPairFunctionFromDenseRows), so that all of |x| <= ZERO goes one way.
 * @param type decision_type: bit 0 categorical, bit 1 default left, bits 2 and 3 missing type (0 none, 1 zero, 2 NaN)
 */
export function decisionOf(type: number, threshold: number): Decision | OddDecision {
  if ((type & CATEGORICAL) !== 0) return 'categorical';
  const defaultLeft = (type & DEFAULT_LEFT) !== 0;
  const missing = type >> MISSING_SHIFT;
  if (missing === 0 || missing === 2) {
    const zeroLeft = threshold >= 0;
    return {
      threshold: aroundZero(threshold, zeroLeft) ?? thresholdOfLessOrEqual(threshold),
      missingLeft: missing === 0 ? zeroLeft : defaultLeft,
    };
  }
  if (missing !== 1) return 'unknown';
  const rounded = aroundZero(threshold, defaultLeft) ?? thresholdOfLessOrEqual(threshold);
  // Zeros on the side that their own comparison would not choose: two cuts of the axis.
  if (ZERO <= rounded !== defaultLeft) return 'zero-apart';
  return { threshold: rounded, missingLeft: defaultLeft };
}

/** Where the threshold lies among the zeros, the one that takes them all to their side; null where it does not. */
function aroundZero(threshold: number, zeroLeft: boolean): number | null {
  if (threshold < -ZERO || threshold >= ZERO) return null;
  return zeroLeft ? ZERO : thresholdOfLess(-ZERO);
}
