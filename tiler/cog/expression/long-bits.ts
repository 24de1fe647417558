/** Bitwise operations on whole numbers of up to 53 bits and a sign, two's complement as C's on int64. */

const HALF = 2 ** 32;

type Operation = (a: number, b: number) => number;

const both =
  (operation: Operation): Operation =>
  (a, b) =>
    operation(Math.floor(a / HALF), Math.floor(b / HALF)) * HALF + (operation(a, b) >>> 0);

export const longAnd = both((a, b) => a & b);
export const longOr = both((a, b) => a | b);
export const longXor = both((a, b) => a ^ b);
export const longNot = (a: number): number => -a - 1;
