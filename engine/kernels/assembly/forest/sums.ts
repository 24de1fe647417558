/**
 * Adds one value of each pixel's leaf.
 * @param chosen u8[2][BLOCK]: number of the leaf, high bytes `high` bytes behind the low ones
 */
export function addChosenValues(leaves: usize, chosen: usize, high: usize, padded: i32, sums: usize): void {
  for (let i: usize = 0; i < <usize>padded; i++) {
    const leaf = <usize>load<u8>(chosen + i) | (<usize>load<u8>(chosen + high + i) << 8);
    const at = sums + (i << 2);
    store<i32>(at, load<i32>(at) + load<i32>(leaves + (leaf << 2)));
  }
}

/** Adds the row of each pixel's leaf, by its address in `rows`. @param rowBytes a multiple of 16 */
export function addChosenRows(rows: usize, chosen: usize, padded: i32, rowBytes: usize, sums: usize): void {
  let to = sums;
  for (let i: usize = 0; i < <usize>padded; i++, to += rowBytes) {
    addRow(<usize>load<u32>(rows + (<usize>load<u8>(chosen + i) << 2)), to, rowBytes);
  }
}

/** Adds the row of each pixel's leaf, by its number. */
export function addNumberedRows(
  leaves: usize,
  chosen: usize,
  high: usize,
  padded: i32,
  rowBytes: usize,
  sums: usize,
): void {
  let to = sums;
  for (let i: usize = 0; i < <usize>padded; i++, to += rowBytes) {
    const leaf = <usize>load<u8>(chosen + i) | (<usize>load<u8>(chosen + high + i) << 8);
    addRow(leaves + leaf * rowBytes, to, rowBytes);
  }
}

// @ts-ignore: decorator
@inline
export function addRow(row: usize, to: usize, rowBytes: usize): void {
  for (let k: usize = 0; k < rowBytes; k += 16) {
    v128.store(to + k, i32x4.add(v128.load(to + k), v128.load(row + k)));
  }
}
