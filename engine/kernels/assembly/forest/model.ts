// The compiled model as it lies in memory; written by engine/forest/runtime/compile-forest.ts, where each field is explained.

// Header, u32 each.
// @ts-ignore: decorator
@inline
export function usedColumns(model: usize): i32 {
  return load<i32>(model, 0);
}
// @ts-ignore: decorator
@inline
export function outputCount(model: usize): i32 {
  return load<i32>(model, 4);
}
// @ts-ignore: decorator
@inline
export function treeCount(model: usize): i32 {
  return load<i32>(model, 8);
}
/** Values of a leaf: 1, or the outputs rounded up to a multiple of 4. */
// @ts-ignore: decorator
@inline
export function leafWidth(model: usize): i32 {
  return load<i32>(model, 12);
}
/** Planes of a block: one for each used column, one more for each that has more than 255 thresholds. */
// @ts-ignore: decorator
@inline
export function planeCount(model: usize): i32 {
  return load<i32>(model, 16);
}
// @ts-ignore: decorator
@inline
export function columnsOf(model: usize): usize {
  return model + load<u32>(model, 20);
}
// @ts-ignore: decorator
@inline
export function treesOf(model: usize): usize {
  return model + load<u32>(model, 24);
}
/** 1 where some tree may stay too large to try all its branches. */
// @ts-ignore: decorator
@inline
export function mayWalk(model: usize): bool {
  return load<u32>(model, 28) != 0;
}

// A used column; the kernel sees no others.
export const COLUMN_BYTES: usize = 32;
// @ts-ignore: decorator
@inline
export function thresholdCount(column: usize): i32 {
  return load<i32>(column, 0);
}
// @ts-ignore: decorator
@inline
export function thresholdsOf(model: usize, column: usize): usize {
  return model + load<u32>(column, 4);
}
// @ts-ignore: decorator
@inline
export function bucketsOf(model: usize, column: usize): usize {
  return model + load<u32>(column, 8);
}
// @ts-ignore: decorator
@inline
export function bucketCount(column: usize): i32 {
  return load<i32>(column, 12);
}
// @ts-ignore: decorator
@inline
export function lowestThreshold(column: usize): f32 {
  return load<f32>(column, 16);
}
/** Buckets for each unit above the lowest threshold. */
// @ts-ignore: decorator
@inline
export function bucketsPerUnit(column: usize): f32 {
  return load<f32>(column, 20);
}
/** Plane of the ranks' high bytes, or −1 where one byte holds them. */
// @ts-ignore: decorator
@inline
export function highPlane(column: usize): i32 {
  return load<i32>(column, 24);
}
/** f32[thresholds + 1]: how much of the model's branching lies below each rank. */
// @ts-ignore: decorator
@inline
export function importanceOf(model: usize, column: usize): usize {
  return model + load<u32>(column, 28);
}

// A tree.
export const TREE_BYTES: usize = 16;
/** Levels of an oblivious tree, 0 for other trees. */
// @ts-ignore: decorator
@inline
export function obliviousLevels(tree: usize): i32 {
  return load<u16>(tree, 0);
}
// @ts-ignore: decorator
@inline
export function treeOutput(tree: usize): i32 {
  return load<u16>(tree, 2);
}
// @ts-ignore: decorator
@inline
export function rootOf(tree: usize): i32 {
  return load<i32>(tree, 4);
}
// @ts-ignore: decorator
@inline
export function nodesOf(model: usize, tree: usize): usize {
  return model + load<u32>(tree, 8);
}
// @ts-ignore: decorator
@inline
export function leavesOf(model: usize, tree: usize): usize {
  return model + load<u32>(tree, 12);
}

// A node: column u16, rank u16, left i32, right i32. A child is the byte offset of a node, or ~leaf.
export const NODE_BYTES: usize = 12;
// @ts-ignore: decorator
@inline
export function nodeColumn(node: usize): usize {
  return load<u16>(node, 0);
}
/** A value goes right where its rank is above this. */
// @ts-ignore: decorator
@inline
export function nodeRank(node: usize): u32 {
  return load<u16>(node, 2);
}
// @ts-ignore: decorator
@inline
export function leftOf(node: usize): i32 {
  return load<i32>(node, 4);
}
// @ts-ignore: decorator
@inline
export function rightOf(node: usize): i32 {
  return load<i32>(node, 8);
}
