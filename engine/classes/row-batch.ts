/**
 * Rows of a model's input: scaled, in the bundle's feature order. Kept column by column, as features are computed and trees
 * read them; row by row for those who ask, made once for all of them.
 */
export class RowBatch {
  private rowMajor: Float32Array | undefined;

  /** @param columns float32, value of row i and feature f at [f · count + i] */
  constructor(
    readonly columns: Float32Array,
    readonly width: number,
    readonly count: number,
  ) {
    if (columns.length !== width * count) {
      throw new RangeError(
        `columns: got ${columns.length} values, expected ${width * count} (${width} × ${count})`,
      );
    }
  }

  /** @param rows float32, row-major, [count][width] */
  static ofRows(rows: Float32Array, width: number, count: number): RowBatch {
    if (rows.length !== width * count) {
      throw new RangeError(
        `rows: got ${rows.length} values, expected ${width * count} (${count} × ${width})`,
      );
    }
    const batch = new RowBatch(transposed(rows, count, width), width, count);
    batch.rowMajor = rows;
    return batch;
  }

  /** Float32, row-major, [count][width]. */
  rows(): Float32Array {
    return (this.rowMajor ??= transposed(this.columns, this.width, this.count));
  }
}

/** [down][across] as [across][down]. */
function transposed(values: Float32Array, down: number, across: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < down; row++) {
    for (let column = 0, to = row; column < across; column++, to += down) {
      turned[to] = values[row * across + column]!;
    }
  }
  return turned;
}
