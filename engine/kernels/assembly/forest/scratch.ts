// What one block of pixels needs while its trees are run.

/** Pixels that go down the trees together, cut to those that they do not agree about. */
export const BLOCK: i32 = 512;
/** Leaves of a cut tree up to which all its branches are tried; larger ones are walked pixel by pixel. */
export const MOST_LEAVES: i32 = 64;
/** Leaves in one word of bits, and in one chunk that shares a table. */
export const WORD: i32 = 8;
export const CHUNK: i32 = 16;

const LIST_BYTES: i32 = MOST_LEAVES * 8;
const WORDS: i32 = MOST_LEAVES / WORD;

// Offsets; what depends on the model comes last.
const STACK: usize = 0;
const LISTS: usize = STACK + MOST_LEAVES * 16;
const ENDS: usize = LISTS + WORDS * LIST_BYTES;
const LEAVES: usize = ENDS + WORDS * 4;
const TABLES: usize = LEAVES + MOST_LEAVES * 4;
const BITS: usize = TABLES + CHUNK * 4;
const CHOSEN: usize = BITS + 128;
const PENDING: usize = CHOSEN + 8 * BLOCK;
const WIDE: usize = PENDING + 16;
const FIXED: usize = WIDE + MOST_LEAVES * BLOCK;

/** Branches whose right side is still to come: child i32, list entry's plane u32, threshold u32, first leaf i32. */
// @ts-ignore: decorator
@inline
export function stackOf(scratch: usize): usize {
  return scratch + STACK;
}
/** Branches that clear bits of a word: plane u32, threshold i8, bits u8. */
// @ts-ignore: decorator
@inline
export function listOf(scratch: usize, word: i32): usize {
  return scratch + LISTS + <usize>(word * LIST_BYTES);
}
/** u32[words]: where each list ends. */
// @ts-ignore: decorator
@inline
export function endsOf(scratch: usize): usize {
  return scratch + ENDS;
}
/** u32[leaves]: the cut tree's leaves from left to right: values, or addresses of rows. */
// @ts-ignore: decorator
@inline
export function cutLeavesOf(scratch: usize): usize {
  return scratch + LEAVES;
}
/** u8[4][CHUNK]: the values of a chunk's leaves, byte by byte. */
// @ts-ignore: decorator
@inline
export function tablesOf(scratch: usize): usize {
  return scratch + TABLES;
}
/** u8[2][64]: bits that branches clear, of two words. */
// @ts-ignore: decorator
@inline
export function bitsOf(scratch: usize): usize {
  return scratch + BITS;
}
/** u8[4][2][BLOCK]: numbers of leaves by pixel, low bytes and high ones, of up to four trees. */
// @ts-ignore: decorator
@inline
export function chosenOf(scratch: usize): usize {
  return scratch + CHOSEN;
}
/** u32[4]: where the leaves of those trees lie. */
// @ts-ignore: decorator
@inline
export function pendingOf(scratch: usize): usize {
  return scratch + PENDING;
}
/** u8[MOST_LEAVES][BLOCK]: 1 where a branch on a column of two bytes goes right. */
// @ts-ignore: decorator
@inline
export function wideOf(scratch: usize): usize {
  return scratch + WIDE;
}

/** u32[used columns]: lowest rank of the block, and highest in the upper half. */
// @ts-ignore: decorator
@inline
export function rangesOf(scratch: usize): usize {
  return scratch + FIXED;
}
/** u8[planes][BLOCK]: ranks less 128, so that one signed comparison decides. */
// @ts-ignore: decorator
@inline
export function planesOf(scratch: usize, used: i32): usize {
  return rangesOf(scratch) + <usize>((used * 4 + 15) & ~15);
}
/** u16[used columns][BLOCK]: ranks as they are, for trees that are walked. */
// @ts-ignore: decorator
@inline
export function wordsOf(scratch: usize, used: i32, planes: i32): usize {
  return planesOf(scratch, used) + <usize>(planes * BLOCK);
}
/** i32[outputs][BLOCK], or i32[BLOCK][leaf width]: sums over trees. */
// @ts-ignore: decorator
@inline
export function sumsOf(scratch: usize, used: i32, planes: i32): usize {
  return wordsOf(scratch, used, planes) + <usize>(used * BLOCK * 2);
}
/** i32[outputs, padded]: what trees add to all pixels of the block alike. */
// @ts-ignore: decorator
@inline
export function sharedOf(scratch: usize, used: i32, planes: i32, width: i32): usize {
  return sumsOf(scratch, used, planes) + <usize>(width * BLOCK * 4);
}

/** @param width outputs, or the leaf width where leaves hold all outputs */
export function forestScratchBytes(used: i32, planes: i32, width: i32): i32 {
  return <i32>sharedOf(0, used, planes, width) + ((width * 4 + 15) & ~15);
}
