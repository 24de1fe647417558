import type { BundleMember } from '../bundle.js';
import type { MemberRuntime } from '../member-runtime.js';
import { RowBatch } from '../row-batch.js';
import { meanProbabilities } from '../vote.js';

/** A runtime's probabilities in the order of the served ids: row-major, [count, classes], 0 where the member lacks the class. */
export async function runByClass(
  runtime: MemberRuntime,
  { columnOfClass }: Pick<BundleMember, 'columnOfClass'>,
  rows: Float32Array,
  count: number,
): Promise<Float64Array> {
  const own = await runtime.run(RowBatch.ofRows(rows, rows.length / count, count));
  const classes = columnOfClass.length;
  const width = own.length / count;
  const probabilities = new Float64Array(count * classes);
  columnOfClass.forEach((column, id) => {
    if (column < 0) return;
    for (let i = 0; i < count; i++) probabilities[i * classes + id] = own[i * width + column]!;
  });
  return probabilities;
}

/** The vote: weighted mean in float64, members in their order, divided by the sum of weights. All arrays are of one length. */
export function weightedMean(members: readonly Float64Array[], weights: readonly number[]): Float64Array {
  // Element by element: to the mean, each is a row of one class.
  const votes = members.map((probabilities, m) => ({
    probabilities,
    weight: weights[m]!,
    columnOfClass: [0],
  }));
  return meanProbabilities(votes, 1, members[0]?.length ?? 0);
}
