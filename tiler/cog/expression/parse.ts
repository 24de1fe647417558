import { closest } from '../../config/closest.js';
import { fault } from './fault.js';
import { FUNCTION_NAMES, FUNCTIONS, isFunctionName, REFUSED, type FunctionName } from './functions.js';
import { tokenize, type Token } from './tokens.js';
import type { BinarySign, Tree, UnarySign } from './tree.js';

/** Bounds on what one request may ask for: a real index needs a dozen operations. */
export const MAX_CHARACTERS = 2000;
export const MAX_OPERATIONS = 256;
export const MAX_DEPTH = 64;
/** Each is a band of the result, and takes the memory of one. */
export const MAX_BLOCKS = 32;
const MAX_BAND = 65535;

/** How tightly signs bind, as in Python: `&` and `|` more tightly than comparisons. */
const COMPARISON = 1;
const BINDING: Readonly<Record<BinarySign, number>> = {
  '<': COMPARISON,
  '<=': COMPARISON,
  '>': COMPARISON,
  '>=': COMPARISON,
  '==': COMPARISON,
  '!=': COMPARISON,
  '|': 2,
  '^': 3,
  '&': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '**': 8,
};
/** -a * b is (-a) * b, and -a ** b is -(a ** b). */
const UNARY = 7;
const OPERAND = 'expected a band (b1), a number, a function or "("';
const WORDS: Readonly<Record<string, string>> = { and: '&', or: '|', not: '~' };

export interface Block {
  /** As it was written, in small letters, without blanks around it. */
  readonly text: string;
  readonly tree: Tree;
}

/**
 * One tree for each part between semicolons.
 * @throws bad-request with the place of the mistake and what may stand there
 */
export function parseBlocks(text: string): Block[] {
  if (text.length > MAX_CHARACTERS) {
    throw fault(text, MAX_CHARACTERS, `it is longer than ${MAX_CHARACTERS} characters`);
  }
  return new Parser(text).blocks();
}

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private operations = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  blocks(): Block[] {
    const blocks: Block[] = [];
    while (this.peek().kind !== 'end') {
      if (this.accept(';')) continue;
      const start = this.peek().at;
      const tree = this.expression(0);
      const after = this.peek();
      if (after.kind !== 'end' && !this.isSign(';')) throw this.unexpected(after);
      if (blocks.length === MAX_BLOCKS) {
        throw fault(this.text, start, `it makes more than ${MAX_BLOCKS} bands`);
      }
      blocks.push({ text: this.text.slice(start, after.at).trim().toLowerCase(), tree });
    }
    if (blocks.length === 0) throw fault(this.text, 0, OPERAND);
    return blocks;
  }

  /** What binds more tightly than `least`. */
  private expression(least: number): Tree {
    if (++this.depth > MAX_DEPTH) {
      throw fault(this.text, this.peek().at, `it is nested more than ${MAX_DEPTH} deep`);
    }
    let left = this.operand();
    for (;;) {
      const token = this.peek();
      if (token.kind !== 'sign' || !isBinary(token.sign) || BINDING[token.sign] <= least) break;
      this.next += 1;
      this.count(token.at);
      const binding = BINDING[token.sign];
      // `**` takes the right one first: 2 ** 3 ** 2 is 2 ** 9.
      const right = this.expression(token.sign === '**' ? UNARY - 1 : binding);
      left = { kind: 'binary', at: token.at, sign: token.sign, left, right };
      if (binding === COMPARISON) this.refuseChain();
    }
    this.depth -= 1;
    return left;
  }

  private refuseChain(): void {
    const token = this.peek();
    if (token.kind === 'sign' && isBinary(token.sign) && BINDING[token.sign] === COMPARISON) {
      throw fault(
        this.text,
        token.at,
        'comparisons do not chain',
        'Write (a < b) & (b < c). Note that & and | bind more tightly than comparisons: parentheses are needed.',
      );
    }
  }

  private operand(): Tree {
    const token = this.peek();
    this.next += 1;
    if (token.kind === 'number') return token;
    if (token.kind === 'name') return this.name(token.name, token.at);
    if (token.kind === 'sign' && isUnary(token.sign)) {
      this.count(token.at);
      return { kind: 'unary', at: token.at, sign: token.sign, of: this.expression(UNARY) };
    }
    if (token.kind === 'sign' && token.sign === '(') {
      const tree = this.expression(0);
      this.expect(')');
      return tree;
    }
    throw fault(this.text, token.at, OPERAND);
  }

  private name(name: string, at: number): Tree {
    const band = /^b([1-9]\d*)$/.exec(name)?.[1];
    if (band !== undefined && Number(band) <= MAX_BAND) return { kind: 'band', at, band: Number(band) };
    if (isFunctionName(name)) return this.call(name, at);
    const refused = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    if (refused !== undefined) throw fault(this.text, at, `the function "${name}" is refused: ${refused}`);
    const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
    if (word !== undefined) throw fault(this.text, at, `"${name}" is written ${word} here`);
    const near = closest(name, FUNCTION_NAMES);
    throw fault(
      this.text,
      at,
      `"${name}" is neither a band nor a function`,
      near === null
        ? `Bands are b1, b2, …; functions: ${FUNCTION_NAMES.join(', ')}.`
        : `Did you mean ${near}?`,
    );
  }

  private call(name: FunctionName, at: number): Tree {
    const wanted = name === 'where' ? 3 : FUNCTIONS[name].of;
    this.count(at);
    this.expect('(');
    const args = [this.expression(0)];
    while (args.length < wanted && this.accept(',')) args.push(this.expression(0));
    if (args.length < wanted || this.isSign(',')) {
      const arguments_ = wanted === 1 ? 'one argument' : wanted === 2 ? 'two arguments' : 'three arguments';
      throw fault(this.text, this.peek().at, `"${name}" takes ${arguments_}`);
    }
    this.expect(')');
    return { kind: 'call', at, name, args };
  }

  private count(at: number): void {
    if (++this.operations > MAX_OPERATIONS) {
      throw fault(this.text, at, `it has more than ${MAX_OPERATIONS} operations`);
    }
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', at: this.text.length };
  }

  private isSign(sign: string): boolean {
    const token = this.peek();
    return token.kind === 'sign' && token.sign === sign;
  }

  private accept(sign: string): boolean {
    const here = this.isSign(sign);
    if (here) this.next += 1;
    return here;
  }

  private expect(sign: string): void {
    if (!this.accept(sign)) throw fault(this.text, this.peek().at, `expected "${sign}"`);
  }

  private unexpected(token: Token): Error {
    if (token.kind === 'name' && Object.hasOwn(WORDS, token.name)) {
      return fault(this.text, token.at, `"${token.name}" is written ${WORDS[token.name]} here`);
    }
    return fault(this.text, token.at, 'expected an operator, ";" or the end');
  }
}

function isBinary(sign: string): sign is BinarySign {
  return Object.hasOwn(BINDING, sign);
}

function isUnary(sign: string): sign is UnarySign {
  return sign === '+' || sign === '-' || sign === '~';
}
