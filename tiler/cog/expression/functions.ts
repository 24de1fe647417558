import { roundHalfEven } from './round-half-even.js';

/**
 * What a function makes of the types of its arguments (numexpr 2.14, expressions.py):
 * `float`: double of whole numbers, else as it comes, truth values count as float32; `double`: always double;
 * `same`: whole numbers stay whole, the rest becomes double; `truth`: a truth value.
 */
export type FunctionType = 'float' | 'double' | 'same' | 'truth';

export interface NumberFunction {
  readonly type: FunctionType;
  readonly of: 1 | 2;
  readonly compute: (a: number, b: number) => number;
}

const unary = (compute: (a: number) => number, type: FunctionType = 'float'): NumberFunction => ({
  type,
  of: 1,
  compute,
});
const binary = (
  compute: (a: number, b: number) => number,
  type: FunctionType = 'double',
): NumberFunction => ({ type, of: 2, compute });

/** -0 is negative too, as C's `signbit` has it; NaN is not. */
const isNegative = (a: number): boolean => a < 0 || Object.is(a, -0);

/** By their names in numexpr. Every answer is a number; truth is 1 and 0. */
export const FUNCTIONS = {
  sqrt: unary(Math.sqrt),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  arcsin: unary(Math.asin),
  arccos: unary(Math.acos),
  arctan: unary(Math.atan),
  sinh: unary(Math.sinh),
  cosh: unary(Math.cosh),
  tanh: unary(Math.tanh),
  arcsinh: unary(Math.asinh),
  arccosh: unary(Math.acosh),
  arctanh: unary(Math.atanh),
  log: unary(Math.log),
  log1p: unary(Math.log1p),
  log10: unary(Math.log10),
  log2: unary(Math.log2),
  exp: unary(Math.exp),
  expm1: unary(Math.expm1),
  abs: unary(Math.abs),
  ceil: unary(Math.ceil),
  floor: unary(Math.floor),
  trunc: unary(Math.trunc, 'double'),
  round: unary(roundHalfEven, 'same'),
  sign: unary((a) => (Number.isNaN(a) ? NaN : Math.sign(a) + 0), 'same'),
  isnan: unary((a) => Number(Number.isNaN(a)), 'truth'),
  isfinite: unary((a) => Number(Number.isFinite(a)), 'truth'),
  isinf: unary((a) => Number(Math.abs(a) === Infinity), 'truth'),
  signbit: unary((a) => Number(isNegative(a)), 'truth'),
  fmod: binary((a, b) => a % b, 'float'),
  arctan2: binary(Math.atan2, 'float'),
  hypot: binary(Math.hypot),
  copysign: binary((a, b) => (isNegative(b) ? -Math.abs(a) : Math.abs(a))),
  maximum: binary((a, b) => Math.max(a, b)),
  minimum: binary((a, b) => Math.min(a, b)),
} as const satisfies Readonly<Record<string, NumberFunction>>;

export type FunctionName = keyof typeof FUNCTIONS | 'where';

export const FUNCTION_NAMES: readonly string[] = ['where', ...Object.keys(FUNCTIONS)].sort();

export function isFunctionName(name: string): name is FunctionName {
  return name === 'where' || Object.hasOwn(FUNCTIONS, name);
}

/** numexpr's functions that we refuse, and what to use instead. */
export const REFUSED: Readonly<Record<string, string>> = {
  min: 'it makes one number of a whole band; "minimum" takes the smaller of two',
  max: 'it makes one number of a whole band; "maximum" takes the larger of two',
  sum: 'it makes one number of a whole band',
  prod: 'it makes one number of a whole band',
  complex: 'bands have no complex values here',
  real: 'bands have no complex values here',
  imag: 'bands have no complex values here',
  conj: 'bands have no complex values here',
  contains: 'bands hold no text',
  copy: 'it changes nothing',
  ones_like: 'write a number',
  nextafter: 'it is not supported',
};
