import { leftOf, nodeColumn, nodeRank, rightOf } from './model';
import { BLOCK } from './scratch';
import { addRow } from './sums';

/**
 * Adds a tree's leaves pixel by pixel: for trees that stay large when cut. Four pixels go down side by side, so that one's
 * loads overlap another's.
 * @param words u16[used columns][BLOCK]: ranks; @param rowBytes 0 where a leaf is one value
 */
export function walkTree(
  nodes: usize,
  root: i32,
  leaves: usize,
  rowBytes: usize,
  words: usize,
  padded: i32,
  sums: usize,
): void {
  for (let i: usize = 0; i < <usize>padded; i += 4) {
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    const at = words + (i << 1);
    while ((a & b & c & d) >= 0) {
      a = step(nodes, a, at);
      b = step(nodes, b, at + 2);
      c = step(nodes, c, at + 4);
      d = step(nodes, d, at + 6);
    }
    if (rowBytes == 0) {
      const to = sums + (i << 2);
      store<i32>(to, load<i32>(to, 0) + load<i32>(leaves + (<usize>~a << 2)), 0);
      store<i32>(to, load<i32>(to, 4) + load<i32>(leaves + (<usize>~b << 2)), 4);
      store<i32>(to, load<i32>(to, 8) + load<i32>(leaves + (<usize>~c << 2)), 8);
      store<i32>(to, load<i32>(to, 12) + load<i32>(leaves + (<usize>~d << 2)), 12);
    } else {
      const to = sums + i * rowBytes;
      addRow(leaves + <usize>~a * rowBytes, to, rowBytes);
      addRow(leaves + <usize>~b * rowBytes, to + rowBytes, rowBytes);
      addRow(leaves + <usize>~c * rowBytes, to + 2 * rowBytes, rowBytes);
      addRow(leaves + <usize>~d * rowBytes, to + 3 * rowBytes, rowBytes);
    }
  }
}

/** One level down; a pixel that is at its leaf stays. */
// @ts-ignore: decorator
@inline
function step(nodes: usize, child: i32, at: usize): i32 {
  const node = nodes + <usize>max(child, 0);
  const rank: u32 = load<u16>(at + nodeColumn(node) * (BLOCK * 2));
  const next = select<i32>(rightOf(node), leftOf(node), rank > nodeRank(node));
  return select<i32>(child, next, child < 0);
}
