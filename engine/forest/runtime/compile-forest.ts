import type { Forest } from '../forest.js';
import type { CompiledForest } from './compiled-forest.js';
import {
  COLUMN_BYTES,
  HEADER_BYTES,
  ImageLayout,
  MOST_TRIED_LEAVES,
  NODE_BYTES,
  TREE_BYTES,
} from './image.js';
import { levelsOf } from './oblivious-levels.js';
import { rankTables, type RankTable } from './rank-tables.js';
import { chooseUnit } from './units.js';

/** Ranks are two bytes at most. */
const MOST_THRESHOLDS = 65_535;
/** Behind the last threshold, for a kernel that looks at two in any case. */
const BEYOND = Float32Array.of(Infinity, Infinity);
/** Addresses are 31 bits; the pixels need room too. */
const MOST_BYTES = 2 ** 30;

/** Lays a forest out for the kernel; where the kernel cannot run it, says why in words for people. */
export function compileForest(forest: Forest): CompiledForest | { readonly unsupported: string } {
  const tables = rankTables(forest);
  const crowded = tables.find(({ thresholds }) => thresholds.length > MOST_THRESHOLDS);
  if (crowded !== undefined) {
    const count = `${crowded.thresholds.length} thresholds on feature ${crowded.column}`;
    return { unsupported: `it has ${count}, more than ${MOST_THRESHOLDS}` };
  }
  const unit = chooseUnit(forest);
  if (unit === null) return { unsupported: 'its leaves reach too far for sums of 32 bits' };

  const vector = forest.treeOutput === null;
  const leafWidth = vector ? 4 * Math.ceil(forest.outputs / 4) : 1;
  const leafCount = vector ? forest.leaves.length / forest.outputs : forest.leaves.length;
  // With a tree an output, trees of few levels are tried branch by branch, whatever they ask.
  const mayNumber = vector || forest.outputs === 1;
  const trees = Array.from(forest.roots, (root) => (mayNumber ? levelsOf(forest, root) : null));

  const mayWalk = trees.some(
    (levels, tree) => levels === null && branchesOf(forest, tree) >= MOST_TRIED_LEAVES,
  );

  const layout = new ImageLayout();
  layout.take(HEADER_BYTES);
  const columnsAt = layout.take(tables.length * COLUMN_BYTES);
  const tablesAt = tables.map((table) => ({
    thresholds: layout.take(table.thresholds.byteLength + BEYOND.byteLength),
    buckets: layout.take(table.buckets.byteLength),
    importance: layout.take(table.importance.byteLength),
  }));
  const treesAt = layout.take(trees.length * TREE_BYTES);
  const nodesAt = layout.take(forest.feature.length * NODE_BYTES);
  const leavesAt = layout.take(leafCount * leafWidth * 4);
  if (layout.bytes > MOST_BYTES) {
    return { unsupported: `it takes ${layout.bytes} bytes, more than ${MOST_BYTES}` };
  }

  const image = new Uint8Array(new SharedArrayBuffer(layout.bytes));
  const view = new DataView(image.buffer);
  const words = (at: number, ...values: readonly number[]) =>
    values.forEach((value, i) => view.setUint32(at + 4 * i, value, true));
  const wide = tables.filter((table) => table.thresholds.length > 255);
  words(
    0,
    tables.length,
    forest.outputs,
    trees.length,
    leafWidth,
    tables.length + wide.length,
    columnsAt,
    treesAt,
    mayWalk ? 1 : 0,
  );

  tables.forEach((table, u) => {
    const at = columnsAt + u * COLUMN_BYTES;
    const { thresholds, buckets, importance } = tablesAt[u]!;
    const high = wide.indexOf(table);
    words(at, table.thresholds.length, thresholds, buckets, table.buckets.length - 1);
    view.setFloat32(at + 16, table.lowest, true);
    view.setFloat32(at + 20, table.perUnit, true);
    view.setInt32(at + 24, high < 0 ? -1 : tables.length + high, true);
    words(at + 28, importance);
    copyInto(image, thresholds, table.thresholds);
    copyInto(image, thresholds + table.thresholds.byteLength, BEYOND);
    copyInto(image, buckets, table.buckets);
    copyInto(image, importance, table.importance);
  });

  const writeNode = nodeWriter(forest, tables, view);
  const missingLeft = new Uint8Array(new SharedArrayBuffer(forest.feature.length));
  const put = (node: number, at: number, root: number) => {
    writeNode(node, at, root);
    missingLeft[(at - nodesAt) / NODE_BYTES] = forest.missingLeft[node]!;
  };
  let next = nodesAt;
  trees.forEach((levels, tree) => {
    const root = forest.roots[tree]!;
    const at = treesAt + tree * TREE_BYTES;
    const output = forest.treeOutput?.[tree] ?? 0;
    const firstLeaf = levels === null ? 0 : levels.firstLeaf;
    words(at, ((levels?.nodes.length ?? 0) | (output << 16)) >>> 0);
    view.setInt32(at + 4, Math.min(root, 0), true);
    words(at + 8, next, leavesAt + firstLeaf * leafWidth * 4);
    if (levels !== null) levels.nodes.forEach((node, i) => put(node, next + i * NODE_BYTES, root));
    const nodes = levels?.nodes.length ?? branchesOf(forest, tree);
    if (levels === null) {
      for (let i = 0; i < nodes; i++) put(root + i, next + i * NODE_BYTES, root);
    }
    next += nodes * NODE_BYTES;
  });

  const perOutput = vector ? forest.outputs : 1;
  for (let leaf = 0; leaf < leafCount; leaf++) {
    for (let k = 0; k < perOutput; k++) {
      const value = Math.round(forest.leaves[leaf * perOutput + k]! / unit);
      view.setInt32(leavesAt + 4 * (leaf * leafWidth + k), value, true);
    }
  }
  return {
    columns: forest.columns,
    outputs: forest.outputs,
    classes: forest.classes,
    link: forest.link,
    base: forest.base,
    unit,
    used: Uint16Array.from(tables, ({ column }) => column),
    missingLeft,
    image,
  };
}

function copyInto(image: Uint8Array, at: number, values: Float32Array | Uint16Array): void {
  image.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
}

/** Number of a tree's branches, which lie together up to the next tree's. */
function branchesOf({ roots, feature }: Forest, tree: number): number {
  if (roots[tree]! < 0) return 0;
  let next = tree + 1;
  while (next < roots.length && roots[next]! < 0) next++;
  return (roots[next] ?? feature.length) - roots[tree]!;
}

function nodeWriter(forest: Forest, tables: readonly RankTable[], view: DataView) {
  const usedOf = new Map(tables.map(({ column }, u) => [column, u]));
  return (node: number, at: number, root: number): void => {
    const u = usedOf.get(forest.feature[node]!)!;
    view.setUint16(at, u, true);
    view.setUint16(at + 2, tables[u]!.rankOf(forest.threshold[node]!), true);
    const offset = (child: number) => (child < 0 ? child : (child - root) * NODE_BYTES);
    view.setInt32(at + 4, offset(forest.left[node]!), true);
    view.setInt32(at + 8, offset(forest.right[node]!), true);
  };
}
