import type { BinarySign, UnarySign } from './tree.js';
import type { Buffer, Kind } from './kinds.js';
import { longAnd, longNot, longOr, longXor } from './long-bits.js';

/** Element by element over the first `count`; `a` and `b` have the operation's kind, what they hold more is left alone. */
export type Kernel2 = (out: Buffer, a: Buffer, b: Buffer, count: number) => void;
export type Kernel1 = (out: Buffer, a: Buffer, count: number) => void;

export const map1 =
  (compute: (a: number) => number): Kernel1 =>
  (out, a, count) => {
    for (let i = 0; i < count; i++) out[i] = compute(a[i] as number);
  };

export const map2 =
  (compute: (a: number, b: number) => number): Kernel2 =>
  (out, a, b, count) => {
    for (let i = 0; i < count; i++) out[i] = compute(a[i] as number, b[i] as number);
  };

/** The sums of int32 stay below 2 ** 53: storing them wraps as C does. Sums of float32 are rounded once, by storing them. */
const add: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) + (b[i] as number);
};
const subtract: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) - (b[i] as number);
};
const multiply: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) * (b[i] as number);
};
const multiplyInt: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = Math.imul(a[i] as number, b[i] as number);
};
const divide: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) / (b[i] as number);
};
const greater: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) > (b[i] as number) ? 1 : 0;
};
const greaterEqual: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) >= (b[i] as number) ? 1 : 0;
};
const equal: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = a[i] === b[i] ? 1 : 0;
};
const unequal: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = a[i] === b[i] ? 0 : 1;
};
const and: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) & (b[i] as number);
};
const or: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) | (b[i] as number);
};
const xor: Kernel2 = (out, a, b, count) => {
  for (let i = 0; i < count; i++) out[i] = (a[i] as number) ^ (b[i] as number);
};

/** numexpr 2.14's MOD and FLOORDIV (interp_body.cpp): of whole numbers 0 where the divisor is 0. */
const modWhole = map2((a, b) => (b === 0 ? 0 : ((a % b) + b) % b));
const floorWhole = map2((a, b) => (b === 0 ? 0 : Math.floor(a / b)));
const f = Math.fround;
const modFloat = map2((a, b) => a - f(Math.floor(f(a / b)) * b));
const modDouble = map2((a, b) => a - Math.floor(a / b) * b);
const floorFloat = map2((a, b) => Math.floor(f(a / b)));
const floorDouble = map2((a, b) => Math.floor(a / b));

/** Beyond int32 C's cast gives its smallest value on the machines that numexpr runs on. */
const INT_MIN = -(2 ** 31);
const toInt = (value: number): number => (Math.abs(value) < 2 ** 31 ? Math.trunc(value) : INT_MIN);
/** A negative power of a whole number is 1 / a, cut: ±1 keep their sign, the rest is 0. */
const inverse = (a: number): number => (Math.abs(a) === 1 ? a : 0);
const powerInt = map2((a, b) => (b < 0 ? inverse(a) : toInt(wholePower(a, b))));
const powerLong = map2((a, b) => (b < 0 ? inverse(a) : wholePower(a, b)));
/** C's pow(1, NaN) and pow(-1, ±∞) are 1; JavaScript's are NaN. */
const powerReal = map2((a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)));

/** Exact as long as the result is: `Math.pow` need not be. */
function wholePower(base: number, exponent: number): number {
  let result = 1;
  for (let left = exponent, power = base; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= power;
    power *= power;
  }
  return result;
}

/** `<` and `<=` are `>` and `>=` the other way round. */
export type Operation2 = Exclude<BinarySign, '<' | '<='>;

/** null where numexpr has no such operation on the kind. @param kind of both arguments */
export function kernel2(sign: Operation2, kind: Kind): Kernel2 | null {
  const real = kind === 'float' || kind === 'double';
  switch (sign) {
    case '>':
      return greater;
    case '>=':
      return greaterEqual;
    case '==':
      return equal;
    case '!=':
      return unequal;
    case '&':
      return real ? null : kind === 'long' ? map2(longAnd) : and;
    case '|':
      return real ? null : kind === 'long' ? map2(longOr) : or;
    case '^':
      return real ? null : kind === 'long' ? map2(longXor) : xor;
    case '+':
      return kind === 'bool' ? or : add;
    case '*':
      return kind === 'bool' ? and : kind === 'int' ? multiplyInt : multiply;
    case '-':
      return kind === 'bool' ? null : subtract;
    case '/':
      return real ? divide : null;
    case '//':
      return kind === 'bool' ? null : kind === 'float' ? floorFloat : real ? floorDouble : floorWhole;
    case '%':
      return kind === 'bool' ? null : kind === 'float' ? modFloat : real ? modDouble : modWhole;
    case '**':
      return kind === 'bool' ? null : kind === 'int' ? powerInt : real ? powerReal : powerLong;
  }
}

/** null where numexpr has no such operation on the kind. */
export function kernel1(sign: Exclude<UnarySign, '+'>, kind: Kind): Kernel1 | null {
  if (sign === '-') return kind === 'bool' ? null : map1((a) => -a);
  switch (kind) {
    case 'bool':
      return map1((a) => 1 - a);
    case 'int':
      return map1((a) => ~a);
    case 'long':
      return map1(longNot);
    case 'float':
    case 'double':
      return null;
  }
}
