import { BLOCK } from './scratch';

/** Oblivious trees whose leaves are added in one pass over the sums. */
export const TOGETHER: i32 = 4;

/**
 * Adds the leaves of four oblivious trees of at most eight levels.
 * @param leaves u32[4]: where each tree's leaves lie; @param numbers u8[4][2][BLOCK]: leaf numbers
 * @param rowBytes a multiple of 16; 0 where a leaf is one value
 */
export function addTogether(leaves: usize, numbers: usize, padded: i32, rowBytes: usize, sums: usize): void {
  const a = <usize>load<u32>(leaves, 0);
  const b = <usize>load<u32>(leaves, 4);
  const c = <usize>load<u32>(leaves, 8);
  const d = <usize>load<u32>(leaves, 12);
  const end = numbers + <usize>padded;
  let to = sums;
  if (rowBytes == 0) {
    for (let at = numbers; at < end; at++, to += 4) {
      const first = load<i32>(a + (<usize>load<u8>(at) << 2)) + load<i32>(b + (<usize>load<u8>(at, 2 * BLOCK) << 2));
      const second =
        load<i32>(c + (<usize>load<u8>(at, 4 * BLOCK) << 2)) + load<i32>(d + (<usize>load<u8>(at, 6 * BLOCK) << 2));
      store<i32>(to, load<i32>(to) + first + second);
    }
    return;
  }
  for (let at = numbers; at < end; at++) {
    let rowA = a + <usize>load<u8>(at) * rowBytes;
    let rowB = b + <usize>load<u8>(at, 2 * BLOCK) * rowBytes;
    let rowC = c + <usize>load<u8>(at, 4 * BLOCK) * rowBytes;
    let rowD = d + <usize>load<u8>(at, 6 * BLOCK) * rowBytes;
    for (const rowEnd = to + rowBytes; to < rowEnd; to += 16) {
      const first = i32x4.add(v128.load(rowA), v128.load(rowB));
      const second = i32x4.add(v128.load(rowC), v128.load(rowD));
      v128.store(to, i32x4.add(v128.load(to), i32x4.add(first, second)));
      rowA += 16;
      rowB += 16;
      rowC += 16;
      rowD += 16;
    }
  }
}

/**
 * Adds the leaves of one oblivious tree.
 * @param numbers u8[2][BLOCK]: leaf numbers, low bytes and, where `deep`, high bytes; @param rowBytes as in addTogether
 */
export function addNumbered(
  leaves: usize,
  numbers: usize,
  deep: bool,
  padded: i32,
  rowBytes: usize,
  sums: usize,
): void {
  let to = sums;
  for (let i: usize = 0; i < <usize>padded; i++) {
    let leaf = <usize>load<u8>(numbers + i);
    if (deep) leaf |= <usize>load<u8>(numbers + BLOCK + i) << 8;
    if (rowBytes == 0) {
      store<i32>(to, load<i32>(to) + load<i32>(leaves + (leaf << 2)));
      to += 4;
    } else {
      addRow(leaves + leaf * rowBytes, to, rowBytes);
      to += rowBytes;
    }
  }
}

/** Adds the row of each pixel's leaf. @param rows u32[]: addresses; @param chosen u8[BLOCK]: which of them */
export function addChosen(rows: usize, chosen: usize, padded: i32, rowBytes: usize, sums: usize): void {
  let to = sums;
  for (let i: usize = 0; i < <usize>padded; i++, to += rowBytes) {
    addRow(<usize>load<u32>(rows + (<usize>load<u8>(chosen + i) << 2)), to, rowBytes);
  }
}

// @ts-ignore: decorator
@inline
export function addRow(row: usize, to: usize, rowBytes: usize): void {
  for (let k: usize = 0; k < rowBytes; k += 16) {
    v128.store(to + k, i32x4.add(v128.load(to + k), v128.load(row + k)));
  }
}
