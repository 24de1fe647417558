/** White space, then what begins a string, a number, a word of three, or a mark (RFC 8259). */
const TOKEN = /[ \t\n\r]*(?:(")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|([[\]{},:]))/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTED = 0x20;

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'end';

/**
 * Where a text stops being JSON: `JSON.parse` does not always say. The offset of the first character that cannot be there; the length of the
 * text where it ends too early.
 */
export function jsonErrorAt(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const [token, string, mark] = TOKEN.exec(text) ?? [];
    const at = skipSpace(text, from);
    if (token === undefined) return at;
    if (string !== undefined) {
      const end = endOfString(text, TOKEN.lastIndex);
      if (end === null) return at;
      TOKEN.lastIndex = end;
    }
    const inside = open.at(-1);
    const after: Expected = inside === undefined ? 'end' : ', or end';
    if (expected === 'end') return at;
    if (expected === ':') {
      if (mark !== ':') return at;
      expected = 'value';
    } else if (expected === ', or end') {
      if (mark === ',') expected = inside === '{' ? 'name' : 'value';
      else if (mark === (inside === '{' ? '}' : ']')) {
        open.pop();
        expected = open.length === 0 ? 'end' : ', or end';
      } else return at;
    } else if ((expected === 'value or ]' && mark === ']') || (expected === 'name or }' && mark === '}')) {
      open.pop();
      expected = open.length === 0 ? 'end' : ', or end';
    } else if (expected === 'name' || expected === 'name or }') {
      if (string === undefined) return at;
      expected = ':';
    } else if (mark === '{' || mark === '[') {
      open.push(mark);
      expected = mark === '{' ? 'name or }' : 'value or ]';
    } else if (mark !== undefined) return at;
    else expected = after;
  }
}

/** Character by character: a pattern for all of it would need a stack as long as the string. */
function endOfString(text: string, from: number): number | null {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < FIRST_PRINTED) return null;
    if (code !== BACKSLASH) continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return null;
    at = ESCAPE.lastIndex - 1;
  }
  return null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}
