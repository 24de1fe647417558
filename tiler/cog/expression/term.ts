import { fault } from './fault.js';
import { foldBinary, foldUnary, realConstant, truthConstant, wholeConstant, type Constant } from './fold.js';
import { FUNCTIONS, type NumberFunction } from './functions.js';
import { kernel1, kernel2, map1, map2, type Kernel1, type Kernel2, type Operation2 } from './kernels.js';
import { commonKind, isReal, isWhole, KIND_NAMES, rank, type Kind } from './kinds.js';
import type { BinarySign, Tree, UnarySign } from './tree.js';

/**
 * An expression with a type at each place, as numexpr 2.14 gives them (expressions.py; its optimization `aggressive`):
 * arguments are brought to `argument` before the kernel takes them.
 */
export type Term =
  | Constant
  | { readonly type: 'band'; readonly kind: Kind; readonly band: number }
  | {
      readonly type: 'one';
      readonly kind: Kind;
      readonly argument: Kind;
      readonly kernel: Kernel1;
      readonly of: Term;
    }
  | {
      readonly type: 'two';
      readonly kind: Kind;
      readonly argument: Kind;
      readonly kernel: Kernel2;
      readonly left: Term;
      readonly right: Term;
    }
  | {
      readonly type: 'where';
      readonly kind: Kind;
      readonly condition: Term;
      readonly yes: Term;
      readonly no: Term;
    };

/** Powers that numexpr multiplies out. */
const MOST_FACTORS = 50;

/** @throws bad-request where an operation is not defined for what its arguments are */
export function typeTree(text: string, tree: Tree, kindOfBand: (band: number) => Kind): Term {
  const visit = (node: Tree): Term => {
    switch (node.kind) {
      case 'number':
        return node.whole ? wholeConstant(text, node.at, node.value) : realConstant(node.value);
      case 'band':
        return { type: 'band', kind: kindOfBand(node.band), band: node.band };
      case 'unary':
        return unaryTerm(text, node.at, node.sign, visit(node.of));
      case 'binary':
        return binaryTerm(text, node.at, node.sign, visit(node.left), visit(node.right));
      case 'call':
        return node.name === 'where'
          ? whereTerm(text, node.at, node.args.map(visit))
          : callTerm(node.name, FUNCTIONS[node.name], node.args.map(visit));
    }
  };
  return visit(tree);
}

function unaryTerm(text: string, at: number, sign: UnarySign, of: Term): Term {
  if (of.type === 'constant') return foldUnary(text, at, sign, of);
  if (sign === '+') return of;
  const kernel = kernel1(sign, of.kind);
  if (kernel === null) {
    const instead = sign === '-' ? 'Write ~ for "not".' : 'Compare first, as in ~(b1 > 0).';
    throw fault(text, at, `"${sign}" is not for ${KIND_NAMES[of.kind]}`, instead);
  }
  return { type: 'one', kind: of.kind, argument: of.kind, kernel, of };
}

function binaryTerm(text: string, at: number, sign: BinarySign, left: Term, right: Term): Term {
  if (left.type === 'constant' && right.type === 'constant') return foldBinary(text, at, sign, left, right);
  if (sign === '<') return two(text, at, '>', right, left);
  if (sign === '<=') return two(text, at, '>=', right, left);
  if (sign === '/') return quotient(text, at, left, right);
  if (sign === '**' && right.type === 'constant') return power(text, at, left, right);
  return two(text, at, sign, left, right);
}

const COMPARISONS: ReadonlySet<Operation2> = new Set(['>', '>=', '==', '!=']);

function two(
  text: string,
  at: number,
  sign: Operation2,
  left: Term,
  right: Term,
  least: Kind = 'bool',
): Term {
  const argument = commonKind(left.kind, right.kind, least);
  const kernel = kernel2(sign, argument);
  if (kernel === null) {
    const hint =
      argument === 'bool'
        ? 'Make numbers of them: where(condition, 1, 0).'
        : 'Comparisons need parentheses: (b1 > 1) & (b2 > 1).';
    throw fault(text, at, `"${sign}" is not for ${KIND_NAMES[argument]}`, hint);
  }
  return {
    type: 'two',
    kind: COMPARISONS.has(sign) ? 'bool' : argument,
    argument,
    kernel,
    left,
    right,
  };
}

/** True division: of whole numbers double. By a double constant numexpr multiplies with its inverse, which rounds otherwise. */
function quotient(text: string, at: number, left: Term, right: Term): Term {
  if (right.type === 'constant' && right.kind === 'double' && left.kind === 'double') {
    if (right.value === 0) throw fault(text, at, 'it divides by zero');
    return two(text, at, '*', left, realConstant(1 / right.value));
  }
  const kind = commonKind(left.kind, right.kind);
  return two(text, at, '/', left, right, isReal(kind) ? kind : 'double');
}

/** Whole and half powers are multiplied out, in the type of the base: that is where a power of int32 wraps. */
function power(text: string, at: number, base: Term, exponent: Constant): Term {
  const x = exponent.value;
  if (x < 0 && isWhole(base.kind) && isWhole(exponent.kind)) {
    throw fault(
      text,
      at,
      'a whole number has no negative power',
      'Write the exponent with a decimal point: ** -1.0.',
    );
  }
  if (!Number.isInteger(2 * x) || Math.abs(x) > MOST_FACTORS) return two(text, at, '**', base, exponent);
  let result: Term | null = null;
  let square = base;
  for (let left = Math.floor(Math.abs(x)); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result === null ? square : two(text, at, '*', result, square);
    if (left > 1) square = two(text, at, '*', square, square);
  }
  if (!Number.isInteger(x)) {
    const root = callTerm('sqrt', FUNCTIONS.sqrt, [base]);
    result = result === null ? root : two(text, at, '*', result, root);
  }
  result ??= ones(base);
  return x < 0 ? quotient(text, at, wholeConstant(text, at, 1), result) : result;
}

function ones(like: Term): Term {
  return { type: 'one', kind: like.kind, argument: like.kind, kernel: map1(() => 1), of: like };
}

function whereTerm(text: string, at: number, args: readonly Term[]): Term {
  const [condition, yes, no] = args as [Term, Term, Term];
  if (condition.type === 'constant') return condition.value === 0 ? no : yes;
  if (condition.kind !== 'bool') {
    throw fault(
      text,
      at,
      'the first argument of "where" must be a comparison',
      'Write where(b1 > 0, b1, 0).',
    );
  }
  return { type: 'where', kind: commonKind(yes.kind, no.kind), condition, yes, no };
}

function callTerm(name: string, of: NumberFunction, args: readonly Term[]): Term {
  const [a, b] = args;
  if (a === undefined) throw new RangeError(`${name}: no argument`);
  const kind = commonKind(...args.map((arg) => arg.kind));
  const result = functionKind(of, kind);
  if (a.type === 'constant' && (b === undefined || b.type === 'constant')) {
    return constantCall(of, kind, a.value, b?.value ?? NaN);
  }
  // `isnan` and its like take float32 or float64 and answer with truth.
  const argument = result === 'bool' ? (isReal(kind) ? kind : 'double') : result;
  if (b === undefined) {
    return { type: 'one', kind: result, argument, kernel: map1((x) => of.compute(x, NaN)), of: a };
  }
  return { type: 'two', kind: result, argument, kernel: map2(of.compute), left: a, right: b };
}

function functionKind(of: NumberFunction, kind: Kind): Kind {
  switch (of.type) {
    case 'truth':
      return 'bool';
    case 'float':
      return isWhole(kind) ? 'double' : rank(kind) < rank('float') ? 'float' : kind;
    case 'same':
      return isWhole(kind) ? kind : 'double';
    case 'double':
      return 'double';
  }
}

/** numpy computes those: whole numbers stay whole where the function lets them, as int64. */
function constantCall(of: NumberFunction, kind: Kind, a: number, b: number): Constant {
  const value = of.compute(a, b);
  if (of.type === 'truth') return truthConstant(value !== 0);
  const keeps = WHOLE_IN_NUMPY.has(of) && isWhole(kind);
  return keeps ? { type: 'constant', kind: 'long', value } : realConstant(value);
}

const WHOLE_IN_NUMPY: ReadonlySet<NumberFunction> = new Set([
  FUNCTIONS.abs,
  FUNCTIONS.sign,
  FUNCTIONS.round,
  FUNCTIONS.maximum,
  FUNCTIONS.minimum,
  FUNCTIONS.fmod,
  FUNCTIONS.ceil,
  FUNCTIONS.floor,
  FUNCTIONS.trunc,
]);
