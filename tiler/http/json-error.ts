/** White space, then a string, a number, a word of three, or a mark (RFC 8259). */
const TOKEN =
  /[ \t\n\r]*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|([[\]{},:]))/y;

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
    if (token === undefined) return skipSpace(text, from);
    const at = skipSpace(text, from);
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

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}
