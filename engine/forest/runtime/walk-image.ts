import type { CompiledForest } from './compiled-forest.js';
import { COLUMN_BYTES, NODE_BYTES, TREE_BYTES } from './image.js';

/**
 * One row's sums by the plain way, for rows with NaN.
 * @param row float32, the used columns' values
 * @returns [outputs], in the forest's units: the same whole numbers that the kernel adds
 */
export function walkImage({ image, outputs, missingLeft }: CompiledForest, row: Float32Array): Int32Array {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const word = (at: number) => view.getUint32(at, true);
  const [trees, leafWidth] = [word(8), word(12)];
  const [columnsAt, treesAt] = [word(20), word(24)];
  const nodesAt = word(treesAt + 8);
  const sums = new Int32Array(outputs);

  function goesRight(node: number): boolean {
    const u = view.getUint16(node, true);
    const x = row[u]!;
    if (Number.isNaN(x)) return missingLeft[(node - nodesAt) / NODE_BYTES] === 0;
    const thresholds = word(columnsAt + u * COLUMN_BYTES + 4);
    return x > view.getFloat32(thresholds + 4 * view.getUint16(node + 2, true), true);
  }

  for (let tree = 0; tree < trees; tree++) {
    const at = treesAt + tree * TREE_BYTES;
    const [levels, output] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const [nodes, leaves] = [word(at + 8), word(at + 12)];
    let leaf = 0;
    if (levels > 0) {
      for (let i = 0; i < levels; i++) leaf = 2 * leaf + (goesRight(nodes + i * NODE_BYTES) ? 1 : 0);
    } else {
      let child = view.getInt32(at + 4, true);
      while (child >= 0) {
        const node = nodes + child;
        child = view.getInt32(node + (goesRight(node) ? 8 : 4), true);
      }
      leaf = ~child;
    }
    const value = (k: number) => view.getInt32(leaves + 4 * (leaf * leafWidth + k), true);
    if (leafWidth === 1) sums[output]! += value(0);
    else for (let k = 0; k < outputs; k++) sums[k]! += value(k);
  }
  return sums;
}
