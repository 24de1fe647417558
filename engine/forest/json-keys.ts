const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** A longer name is cut: no name that we look for is, and it may be as long as the file. */
const NAME_BYTES = 256;
const OPEN = new Set([0x7b, 0x5b]); // { [
const CLOSE = new Set([0x7d, 0x5d]); // } ]

/**
 * The names of the outermost object's members, in their order, without reading the values: enough to know what a document
 * is before it is parsed. Of a list or of anything that is no JSON it gives none, or some that are no names.
 */
export function* topLevelKeys(json: Uint8Array): Generator<string> {
  let depth = 0;
  /** The last string at depth 1: a name where a colon follows. */
  let text: Uint8Array | null = null;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) {
      const start = at + 1;
      for (at++; at < json.length && json[at] !== QUOTE; at++) if (json[at] === BACKSLASH) at++;
      if (depth === 1) text = json.subarray(start, at);
    } else if (OPEN.has(byte)) depth++;
    else if (CLOSE.has(byte)) depth--;
    else if (byte === COLON && depth === 1 && text !== null) {
      yield new TextDecoder().decode(text.subarray(0, NAME_BYTES));
      text = null;
    }
  }
}
