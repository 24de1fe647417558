import { leafOfChunk, leafOfWord } from './leaf-bits';
import { BLOCK, CHUNK, bitsOf, endsOf, foundOf, listOf, tablesOf, cutLeavesOf } from './scratch';

/** Pixels at a time: four vectors share what a branch needs. */
const STEP: usize = 64;
const VECTOR: usize = 16;

/** Clears the bits that a list's branches rule out for 64 pixels; the result in four vectors at `bits`. */
// @ts-ignore: decorator
@inline
function keptBits(list: usize, end: usize, pixel: usize, bits: usize): void {
  let a = i8x16.splat(-1);
  let b = a;
  let c = a;
  let d = a;
  for (let entry = list; entry < end; entry += 8) {
    const values = <usize>load<u32>(entry) + pixel;
    const threshold = v128.load_splat<u8>(entry, 4);
    const mask = v128.load_splat<u8>(entry, 5);
    a = v128.andnot(a, v128.and(i8x16.gt_s(v128.load(values, 0), threshold), mask));
    b = v128.andnot(b, v128.and(i8x16.gt_s(v128.load(values, 16), threshold), mask));
    c = v128.andnot(c, v128.and(i8x16.gt_s(v128.load(values, 32), threshold), mask));
    d = v128.andnot(d, v128.and(i8x16.gt_s(v128.load(values, 48), threshold), mask));
  }
  v128.store(bits, a, 0);
  v128.store(bits, b, 16);
  v128.store(bits, c, 32);
  v128.store(bits, d, 48);
}

/** Lays the values of a chunk's leaves out byte by byte, so that a swizzle finds each byte. */
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

/** Adds the values of sixteen pixels' leaves to their sums; a leaf above 15 adds 0. */
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

/**
 * Adds a cut tree of `count` leaves, each one value, to one output's sums.
 * @param sums i32[BLOCK]
 */
export function addValues(scratch: usize, count: i32, padded: i32, sums: usize): void {
  const tables = tablesOf(scratch);
  const values = cutLeavesOf(scratch);
  const ends = endsOf(scratch);
  const bits = bitsOf(scratch);
  if (count <= 8) {
    makeTable(values, tables);
    const list = listOf(scratch, 0);
    const end = <usize>load<u32>(ends);
    for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) {
      keptBits(list, end, pixel, bits);
      for (let v: usize = 0; v < STEP; v += VECTOR) {
        addLeaves(leafOfWord(v128.load(bits + v)), tables, sums + ((pixel + v) << 2));
      }
    }
    return;
  }
  const found = foundOf(scratch);
  memory.fill(found, 0, BLOCK);
  for (let chunk = 0; chunk * CHUNK < count; chunk++) {
    const table = tables + <usize>(chunk * 64);
    makeTable(values + <usize>(chunk * 64), table);
    const first = listOf(scratch, 2 * chunk);
    const firstEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 0);
    const second = listOf(scratch, 2 * chunk + 1);
    const secondEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 4);
    for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) {
      keptBits(first, firstEnd, pixel, bits);
      keptBits(second, secondEnd, pixel, bits + STEP);
      for (let v: usize = 0; v < STEP; v += VECTOR) {
        const leaf = leafOfChunk(v128.load(bits + v), v128.load(bits + STEP + v));
        const before = v128.load(found + pixel + v);
        addLeaves(v128.or(leaf, before), table, sums + ((pixel + v) << 2));
        v128.store(found + pixel + v, v128.or(before, i8x16.le_u(leaf, i8x16.splat(15))));
      }
    }
  }
}

/**
 * The number of each pixel's leaf in a cut tree of `count` leaves.
 * @param chosen u8[BLOCK] out
 */
export function chooseLeaves(scratch: usize, count: i32, padded: i32, chosen: usize): void {
  const ends = endsOf(scratch);
  const bits = bitsOf(scratch);
  memory.fill(chosen, 255, BLOCK);
  for (let chunk = 0; chunk * CHUNK < count; chunk++) {
    const first = listOf(scratch, 2 * chunk);
    const firstEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 0);
    const second = listOf(scratch, 2 * chunk + 1);
    const secondEnd = <usize>load<u32>(ends + <usize>(chunk * 8), 4);
    for (let pixel: usize = 0; pixel < <usize>padded; pixel += STEP) {
      keptBits(first, firstEnd, pixel, bits);
      keptBits(second, secondEnd, pixel, bits + STEP);
      for (let v: usize = 0; v < STEP; v += VECTOR) {
        const leaf = leafOfChunk(v128.load(bits + v), v128.load(bits + STEP + v));
        // An earlier chunk's number is lower; 255 stays where all bits are cleared.
        const numbered = v128.or(leaf, i8x16.splat(<i8>(chunk * CHUNK)));
        v128.store(chosen + pixel + v, i8x16.min_u(v128.load(chosen + pixel + v), numbered));
      }
    }
  }
}
