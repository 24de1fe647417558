import { addValues, chooseLeaves } from './try-branches';
import { cutTree } from './cut-tree';
import { gatherBlock } from './gather';
import {
  TREE_BYTES,
  leafWidth,
  leavesOf,
  mayWalk,
  nodesOf,
  obliviousLevels,
  outputCount,
  planeCount,
  rootOf,
  treeCount,
  treeOutput,
  treesOf,
  usedColumns,
} from './model';
import { OPEN, numberLeaves } from './oblivious';
import {
  BLOCK,
  chosenOf,
  cutLeavesOf,
  forestScratchBytes,
  pendingOf,
  planesOf,
  rangesOf,
  sharedOf,
  sumsOf,
  wordsOf,
} from './scratch';
import { STEP } from './right-bits';
import { TOGETHER, addChosen, addNumbered, addRow, addTogether } from './sums';
import { walkTree } from './walk';


/** Bytes of work that forestScores needs for this model. */
export function forestScratch(model: usize): i32 {
  return forestScratchBytes(usedColumns(model), planeCount(model), max(outputCount(model), leafWidth(model)));
}

// Sums are whole numbers: no order of adding changes them, so a pixel's sums are the same in any block.
export function forestScores(
  model: usize,
  ranks: usize,
  stride: i32,
  order: usize,
  count: i32,
  scores: usize,
  scratch: usize,
): void {
  for (let start = 0; start < count; start += BLOCK) {
    const pixels = order + ((<usize>start) << 2);
    scoreBlock(model, ranks, stride, pixels, min(BLOCK, count - start), scores, scratch);
  }
}

function scoreBlock(
  model: usize,
  ranks: usize,
  stride: i32,
  pixels: usize,
  count: i32,
  scores: usize,
  scratch: usize,
): void {
  const used = usedColumns(model);
  const planeTotal = planeCount(model);
  const outputs = outputCount(model);
  const width = leafWidth(model);
  const vector = width > 1;
  const across = max(outputs, width);
  const ranges = rangesOf(scratch);
  const planes = planesOf(scratch, used);
  const words = wordsOf(scratch, used, planeTotal);
  const sums = sumsOf(scratch, used, planeTotal);
  const shared = sharedOf(scratch, used, planeTotal, across);
  const padded = (count + <i32>STEP - 1) & ~(<i32>STEP - 1);
  gatherBlock(model, ranks, stride, pixels, count, padded, ranges, planes, words, mayWalk(model));
  memory.fill(sums, 0, <usize>(across * BLOCK * 4));
  memory.fill(shared, 0, <usize>(across * 4));

  const rowBytes = vector ? <usize>(width << 2) : 0;
  const leafBytes = width << 2;
  const chosen = chosenOf(scratch);
  const trees = treeCount(model);
  // Oblivious trees whose leaves are numbered but not added yet.
  let pending = 0;
  let tree = treesOf(model);
  for (let t = 0; t < trees; t++, tree += TREE_BYTES) {
    const nodes = nodesOf(model, tree);
    const leaves = leavesOf(model, tree);
    const output = treeOutput(tree);
    const to = vector ? sums : sums + <usize>(output * BLOCK * 4);
    const levels = obliviousLevels(tree);
    if (levels > 0) {
      const numbers = chosen + <usize>(pending * 2 * BLOCK);
      const found = numberLeaves(model, nodes, levels, ranges, planes, padded, scratch, numbers);
      const first = leaves + <usize>((found & ~OPEN) * leafBytes);
      if ((found & OPEN) == 0) addShared(first, vector, rowBytes, shared, output);
      else if (levels > 8) addNumbered(first, numbers, true, padded, rowBytes, to);
      else {
        store<u32>(pendingOf(scratch) + (<usize>pending << 2), <u32>first);
        if (++pending == TOGETHER) {
          addTogether(pendingOf(scratch), chosen, padded, rowBytes, sums);
          pending = 0;
        }
      }
      continue;
    }
    const left = cutTree(model, nodes, rootOf(tree), leaves, leafBytes, scratch, ranges, planes, padded);
    if (left == 1) {
      const leaf = cutLeavesOf(scratch);
      addShared(vector ? <usize>load<u32>(leaf) : leaf, vector, rowBytes, shared, output);
    } else if (left < 0) {
      walkTree(nodes, rootOf(tree), leaves, rowBytes, words, padded, to);
    } else {
      const own = chosen + <usize>(pending * 2 * BLOCK);
      chooseLeaves(scratch, left, padded, own);
      if (vector) addChosen(cutLeavesOf(scratch), own, padded, rowBytes, to);
      else addValues(scratch, left, padded, own, to);
    }
  }
  for (let slot = 0; slot < pending; slot++) {
    const first = <usize>load<u32>(pendingOf(scratch) + (<usize>slot << 2));
    addNumbered(first, chosen + <usize>(slot * 2 * BLOCK), false, padded, rowBytes, sums);
  }
  writeScores(pixels, count, outputs, vector ? width : 0, sums, shared, scores);
}

/** Adds a leaf that all the block's pixels share. */
// @ts-ignore: decorator
@inline
function addShared(leaf: usize, vector: bool, rowBytes: usize, shared: usize, output: i32): void {
  if (vector) addRow(leaf, shared, rowBytes);
  else {
    const at = shared + ((<usize>output) << 2);
    store<i32>(at, load<i32>(at) + load<i32>(leaf));
  }
}

/** @param width values of a pixel's row of sums; 0 where sums lie output by output */
function writeScores(
  pixels: usize,
  count: i32,
  outputs: i32,
  width: i32,
  sums: usize,
  shared: usize,
  scores: usize,
): void {
  for (let i = 0; i < count; i++) {
    const pixel = <usize>load<u32>(pixels + ((<usize>i) << 2));
    const to = scores + ((pixel * <usize>outputs) << 2);
    for (let k = 0; k < outputs; k++) {
      const place = width > 0 ? i * width + k : k * BLOCK + i;
      const sum = load<i32>(sums + ((<usize>place) << 2)) + load<i32>(shared + ((<usize>k) << 2));
      store<i32>(to + ((<usize>k) << 2), sum);
    }
  }
}
