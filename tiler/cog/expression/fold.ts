import { fault } from './fault.js';
import { commonKind, isWhole, type Kind } from './kinds.js';
import type { BinarySign, UnarySign } from './tree.js';
import { longAnd, longNot, longOr, longXor } from './long-bits.js';

/** A number that needs no band. Python computes those before numexpr sees them, by its own rules. */
export interface Constant {
  readonly type: 'constant';
  readonly kind: Kind;
  readonly value: number;
}

const INT32 = 2 ** 31;
const fitsInt = (value: number): boolean => value >= -INT32 && value < INT32;

/** int32 where it fits, else int64. @throws bad-request beyond what is exact here */
export function wholeConstant(text: string, at: number, value: number): Constant {
  if (!Number.isSafeInteger(value)) {
    throw fault(text, at, 'a whole number is too large', 'Write it with a decimal point.');
  }
  return { type: 'constant', kind: fitsInt(value) ? 'int' : 'long', value };
}

export const realConstant = (value: number): Constant => ({ type: 'constant', kind: 'double', value });
export const truthConstant = (value: boolean): Constant => ({
  type: 'constant',
  kind: 'bool',
  value: Number(value),
});

/** @throws bad-request where Python raises: a division by zero, bits of decimals, a root of a negative number */
export function foldBinary(
  text: string,
  at: number,
  sign: BinarySign,
  left: Constant,
  right: Constant,
): Constant {
  const [a, b] = [left.value, right.value];
  const kind = commonKind(left.kind, right.kind);
  const whole = kind !== 'double' && kind !== 'float';
  /** numpy's int64 stays what it is; Python's whole numbers have no size. */
  const stays = [left, right].some((one) => one.kind === 'long' && fitsInt(one.value));
  const number = (value: number): Constant => {
    if (!whole) return realConstant(value);
    const constant = wholeConstant(text, at, value);
    return stays ? { ...constant, kind: 'long' } : constant;
  };
  const bits = (operation: (a: number, b: number) => number): Constant => {
    if (!whole) throw fault(text, at, `"${sign}" is for truth values and whole numbers`);
    return kind === 'bool' ? truthConstant(operation(a, b) !== 0) : number(operation(a, b));
  };
  if ((sign === '/' || sign === '//' || sign === '%') && b === 0) throw fault(text, at, 'it divides by zero');
  switch (sign) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return realConstant(a / b);
    case '//':
      return number(Math.floor(a / b));
    case '%':
      return number(a - Math.floor(a / b) * b);
    case '**':
      return foldPower(text, at, a, b, number);
    case '<':
      return truthConstant(a < b);
    case '<=':
      return truthConstant(a <= b);
    case '>':
      return truthConstant(a > b);
    case '>=':
      return truthConstant(a >= b);
    case '==':
      return truthConstant(a === b);
    case '!=':
      return truthConstant(a !== b);
    case '&':
      return bits(longAnd);
    case '|':
      return bits(longOr);
    case '^':
      return bits(longXor);
  }
}

function foldPower(
  text: string,
  at: number,
  a: number,
  b: number,
  number: (value: number) => Constant,
): Constant {
  if (a === 0 && b < 0) throw fault(text, at, 'it divides by zero');
  const value = Math.pow(a, b);
  if (Number.isNaN(value)) throw fault(text, at, 'it takes a root of a negative number');
  return b < 0 ? realConstant(value) : number(value);
}

export function foldUnary(text: string, at: number, sign: UnarySign, of: Constant): Constant {
  if (sign === '+') return of;
  if (sign === '~' && !isWhole(of.kind)) {
    if (of.kind === 'bool') return truthConstant(of.value === 0);
    throw fault(text, at, '"~" is for truth values and whole numbers');
  }
  const value = sign === '-' ? -of.value : longNot(of.value);
  if (of.kind === 'bool') return wholeConstant(text, at, value + 0);
  return of.kind === 'double' ? realConstant(value) : { ...of, value: value + 0 };
}
