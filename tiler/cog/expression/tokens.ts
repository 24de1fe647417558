import { fault } from './fault.js';

export type Token =
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'sign'; readonly at: number; readonly sign: string }
  | { readonly kind: 'end'; readonly at: number };

/** Longest first: `**` is not two `*`. */
const SIGNS = ['**', '//', '<=', '>=', '==', '!=', ...'+-*/%<>&|^~(),;'];
/** Python's decimal numbers; hexadecimal and the like nobody needs here. */
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/y;
const NAME = /[a-z_][a-z0-9_]*/y;
const BLANK = /\s+/y;

/**
 * Capital letters mean the same as small ones.
 * @throws bad-request where a character belongs to nothing
 */
export function tokenize(text: string): Token[] {
  const small = text.toLowerCase();
  // Some letters become two when they are made small: then places would not be those of what was written.
  if (small.length !== text.length) throw fault(text, 0, 'it holds letters that no name here has');
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(small)?.[0] ?? null;
  };
  while (at < small.length) {
    const blank = take(BLANK);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const start = at;
    const number = take(NUMBER);
    const name = number === null ? take(NAME) : null;
    if (number !== null) {
      at += number.length;
      if (take(NAME) !== null) throw fault(text, start, 'a number does not go on with letters');
      tokens.push({ kind: 'number', at: start, value: Number(number), whole: /^\d+$/.test(number) });
    } else if (name !== null) {
      at += name.length;
      tokens.push({ kind: 'name', at: start, name });
    } else {
      const sign = SIGNS.find((candidate) => small.startsWith(candidate, start));
      if (sign === undefined) {
        throw fault(
          text,
          start,
          'this character means nothing here',
          'Bands (b1), numbers, + - * / // % **, < <= > >= == !=, & | ^ ~, functions and parentheses can be used.',
        );
      }
      at += sign.length;
      tokens.push({ kind: 'sign', at: start, sign });
    }
  }
  tokens.push({ kind: 'end', at: small.length });
  return tokens;
}
