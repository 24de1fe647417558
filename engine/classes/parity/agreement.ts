/** What counts as the same answer. */
export const PARITY = {
  /** Largest difference of a probability: float32 against float64, sums in another order. */
  difference: 1e-5,
  /** Labels may differ where the two best classes are no further apart than this, on both sides. */
  tie: 2e-6,
} as const;

/** How two predictions of one row compare. */
export interface Agreement {
  /** Largest over the classes, and the class where it is. */
  readonly difference: number;
  readonly worstClass: number;
  /** Class ids; the lowest of equals. */
  readonly ours: number;
  readonly theirs: number;
  /** How far the best class is from the second: the larger of both sides. */
  readonly lead: number;
  /** Within {@link PARITY}. */
  readonly good: boolean;
}

type Probabilities = Float32Array | Float64Array;

/** @param at where the row's probabilities begin in both, `classes` of them in the order of the served ids */
export function agreementOf(
  ours: Probabilities,
  theirs: Probabilities,
  at: number,
  classes: number,
  theirsAt = at,
): Agreement {
  let [difference, worstClass] = [0, 0];
  for (let c = 0; c < classes; c++) {
    const d = Math.abs(ours[at + c]! - theirs[theirsAt + c]!);
    // Written so that NaN counts as a difference without bound.
    if (!(d <= difference)) [difference, worstClass] = [Number.isNaN(d) ? Infinity : d, c];
  }
  const [mine, other] = [topTwo(ours, at, classes), topTwo(theirs, theirsAt, classes)];
  const lead = Math.max(mine.lead, other.lead);
  const sameLabel = mine.label === other.label || lead <= PARITY.tie;
  return {
    difference,
    worstClass,
    ours: mine.label,
    theirs: other.label,
    lead,
    good: difference <= PARITY.difference && sameLabel,
  };
}

function topTwo(values: Probabilities, at: number, classes: number): { label: number; lead: number } {
  let [label, best, second] = [0, values[at]!, -Infinity];
  for (let c = 1; c < classes; c++) {
    const value = values[at + c]!;
    if (value > best) [label, second, best] = [c, best, value];
    else if (value > second) second = value;
  }
  return { label, lead: best - second };
}
