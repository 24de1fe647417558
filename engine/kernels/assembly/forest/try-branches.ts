import { leafOfChunk, leafOfWord } from './leaf-bits';
import { STEP, rightBits } from './right-bits';
import { CHUNK, WORD, bitsOf, cutLeavesOf, endsOf, listOf, tablesOf } from './scratch';

const VECTOR: usize = 16;

/**
 * The number of each pixel's leaf in a cut tree of `count` leaves.
 * @param chosen u8[BLOCK] out
 */
export function chooseLeaves(scratch: usize, count: i32, padded: i32, chosen: usize): void {
  if (count <= WORD) chooseInWord(scratch, padded, chosen);
  else chooseInChunks(scratch, count, padded, chosen);
}

function chooseInWord(scratch: usize, padded: i32, chosen: usize): void {
  const ends = endsOf(scratch);
  const cleared = bitsOf(scratch);
  const list = listOf(scratch, 0);
  const end = <usize>load<u32>(ends);
  for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) {
    rightBits(list, end, pixel, cleared);
    for (let v: usize = 0; v < STEP; v += VECTOR) {
      v128.store(chosen + pixel + v, leafOfWord(v128.not(v128.load(cleared + v))));
    }
  }
}

function chooseInChunks(scratch: usize, count: i32, padded: i32, chosen: usize): void {
  const ends = endsOf(scratch);
  const cleared = bitsOf(scratch);
  memory.fill(chosen, 255, padded);
  for (let chunk = 0; chunk * CHUNK < count; chunk++) {
    const first = listOf(scratch, 2 * chunk);
    const firstEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 0);
    const second = listOf(scratch, 2 * chunk + 1);
    const secondEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 4);
    const from = i8x16.splat(<i8>(chunk * CHUNK));
    for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) {
      rightBits(first, firstEnd, pixel, cleared);
      rightBits(second, secondEnd, pixel, cleared + STEP);
      for (let v: usize = 0; v < STEP; v += VECTOR) {
        const left = v128.not(v128.load(cleared + v));
        const right = v128.not(v128.load(cleared + STEP + v));
        // An earlier chunk's number is lower; 255 stays where all bits are cleared.
        const numbered = v128.or(leafOfChunk(left, right), from);
        v128.store(chosen + pixel + v, i8x16.min_u(v128.load(chosen + pixel + v), numbered));
      }
    }
  }
}

/**
 * Adds the one value of each pixel's leaf in a cut tree of `count` leaves.
 * @param chosen u8[BLOCK]: numbers of leaves; @param sums i32[BLOCK]
 */
export function addValues(scratch: usize, count: i32, padded: i32, chosen: usize, sums: usize): void {
  const table = tablesOf(scratch);
  for (let first = 0; first < count; first += CHUNK) {
    makeTable(cutLeavesOf(scratch) + ((<usize>first) << 2), table);
    const from = i8x16.splat(<i8>first);
    for (let pixel: usize = 0; pixel < <usize>padded; pixel += VECTOR) {
      addLeaves(i8x16.sub(v128.load(chosen + pixel), from), table, sums + (pixel << 2));
    }
  }
}

/** Lays the values of sixteen leaves out byte by byte, so that a swizzle finds each byte. */
function makeTable(values: usize, table: usize): void {
  const a = v128.load(values, 0);
  const b = v128.load(values, 16);
  const c = v128.load(values, 32);
  const d = v128.load(values, 48);
  // Bytes 0 and 1, then 2 and 3, of eight values each.
  const ab01 = v128.shuffle<i8>(a, b, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
  const cd01 = v128.shuffle<i8>(c, d, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
  const ab23 = v128.shuffle<i8>(a, b, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  const cd23 = v128.shuffle<i8>(c, d, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  v128.store(table, v128.shuffle<i64>(ab01, cd01, 0, 2), 0);
  v128.store(table, v128.shuffle<i64>(ab01, cd01, 1, 3), 16);
  v128.store(table, v128.shuffle<i64>(ab23, cd23, 0, 2), 32);
  v128.store(table, v128.shuffle<i64>(ab23, cd23, 1, 3), 48);
}

/** Adds the values of sixteen pixels' leaves to their sums; a number that is not 0 to 15 adds 0. */
// @ts-ignore: decorator
@inline
function addLeaves(leaf: v128, table: usize, sums: usize): void {
  const byte0 = i8x16.swizzle(v128.load(table, 0), leaf);
  const byte1 = i8x16.swizzle(v128.load(table, 16), leaf);
  const byte2 = i8x16.swizzle(v128.load(table, 32), leaf);
  const byte3 = i8x16.swizzle(v128.load(table, 48), leaf);
  const low0 = v128.shuffle<i8>(byte0, byte1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const low1 = v128.shuffle<i8>(byte0, byte1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const high0 = v128.shuffle<i8>(byte2, byte3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const high1 = v128.shuffle<i8>(byte2, byte3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(sums, i32x4.add(v128.load(sums, 0), v128.shuffle<i16>(low0, high0, 0, 8, 1, 9, 2, 10, 3, 11)), 0);
  v128.store(sums, i32x4.add(v128.load(sums, 16), v128.shuffle<i16>(low0, high0, 4, 12, 5, 13, 6, 14, 7, 15)), 16);
  v128.store(sums, i32x4.add(v128.load(sums, 32), v128.shuffle<i16>(low1, high1, 0, 8, 1, 9, 2, 10, 3, 11)), 32);
  v128.store(sums, i32x4.add(v128.load(sums, 48), v128.shuffle<i16>(low1, high1, 4, 12, 5, 13, 6, 14, 7, 15)), 48);
}
