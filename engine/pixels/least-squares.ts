/**
 * The rows that turn observations into least-squares coefficients: P = (AᵀA)⁻¹Aᵀ, so that coefficients = P · y.
 * For small, well-conditioned designs (here 3 or 5 columns); solved by Gauss-Jordan elimination with row pivots.
 * @param design A: one row per observation, one column per coefficient; @returns one row per coefficient
 */
export function leastSquaresProjection(design: readonly (readonly number[])[]): number[][] {
  const columns = design[0]?.length ?? 0;
  const augmented = Array.from({ length: columns }, (_, i) => [
    ...Array.from({ length: columns }, (_, j) => design.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    ...design.map((row) => row[i]!),
  ]);
  for (let column = 0; column < columns; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < columns; row += 1) {
      if (Math.abs(augmented[row]![column]!) > Math.abs(augmented[pivot]![column]!)) pivot = row;
    }
    [augmented[column], augmented[pivot]] = [augmented[pivot]!, augmented[column]!];
    const pivotRow = augmented[column]!;
    const scaled = pivotRow.map((value) => value / pivotRow[column]!);
    augmented[column] = scaled;
    for (let row = 0; row < columns; row += 1) {
      const factor = augmented[row]![column]!;
      if (row === column || factor === 0) continue;
      augmented[row] = augmented[row]!.map((value, j) => value - factor * scaled[j]!);
    }
  }
  return augmented.map((row) => row.slice(columns));
}
