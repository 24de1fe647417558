/** One member's part in the vote. */
export interface MemberVote {
  /** Row-major, count · (the member's own number of classes). */
  readonly probabilities: Float32Array | Float64Array;
  readonly weight: number;
  /** By served class id: the column of `probabilities`, or -1 where the member lacks the class, which then counts 0. */
  readonly columnOfClass: readonly number[];
}

/**
 * Weighted mean of the members' probabilities: in float64, added in member order, divided by the sum of weights
 * (docs/architecture.md, "Classes"). Same members, same bits.
 * @returns row-major, count · classes, each in [0, 1] up to rounding
 */
export function meanProbabilities(
  members: readonly MemberVote[],
  classes: number,
  count: number,
): Float64Array {
  const mean = new Float64Array(count * classes);
  let weights = 0;
  for (const { probabilities, weight, columnOfClass } of members) {
    weights += weight;
    const width = columnOfClass.reduce((n, column) => n + (column >= 0 ? 1 : 0), 0);
    if (probabilities.length !== count * width) {
      throw new RangeError(
        `probabilities: got ${probabilities.length} values, expected ${count * width} (${count} × ${width})`,
      );
    }
    for (let c = 0; c < classes; c++) {
      const column = columnOfClass[c] ?? -1;
      if (column < 0) continue;
      for (let i = 0, from = column, to = c; i < count; i++, from += width, to += classes) {
        mean[to]! += weight * probabilities[from]!;
      }
    }
  }
  for (let i = 0; i < mean.length; i++) mean[i]! /= weights;
  return mean;
}

/** The class with the highest of `classes` values from `start`; the lowest id where several are. */
export function argmax(values: Float64Array, start: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (values[start + c]! > values[start + best]!) best = c;
  }
  return best;
}
