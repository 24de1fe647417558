// Which leaf of a word or chunk each of sixteen pixels is in, from the bits that its branches left.

/** Number of the lowest set bit of four, plus 0, 4, 8 or 12; 255 where none is set. */
// @ts-ignore: decorator
@inline
export function lowest(nibble: v128, from: u8): v128 {
  const table = v128.or(
    i8x16(-1, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0),
    i8x16.splat(from),
  );
  return i8x16.swizzle(table, nibble);
}

// @ts-ignore: decorator
@inline
export function lowNibble(bits: v128): v128 {
  return v128.and(bits, i8x16.splat(15));
}

// @ts-ignore: decorator
@inline
export function highNibble(bits: v128): v128 {
  return v128.and(i16x8.shr_u(bits, 4), i8x16.splat(15));
}

/** Leaf of one word: 0 to 7. */
// @ts-ignore: decorator
@inline
export function leafOfWord(bits: v128): v128 {
  return i8x16.min_u(lowest(lowNibble(bits), 0), lowest(highNibble(bits), 4));
}

/** Leaf of two words: 0 to 15, 255 where all bits are cleared. */
// @ts-ignore: decorator
@inline
export function leafOfChunk(first: v128, second: v128): v128 {
  return i8x16.min_u(
    leafOfWord(first),
    i8x16.min_u(lowest(lowNibble(second), 8), lowest(highNibble(second), 12)),
  );
}
