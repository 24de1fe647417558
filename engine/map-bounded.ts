/** Maps with at most `limit` calls at a time, in order of the input. After a failure nothing more is begun; it is thrown when all have ended. */
export async function mapBounded<A, B>(
  values: readonly A[],
  limit: number,
  call: (value: A, index: number) => Promise<B>,
): Promise<B[]> {
  const results = new Array<B>(values.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < values.length && !failed) {
      const index = next++;
      try {
        results[index] = await call(values[index] as A, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(limit, values.length) }, worker);
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}
