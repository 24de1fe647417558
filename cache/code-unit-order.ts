/** Beyond the surrogates: sorted before them as UTF-8, after them as code units. */
const HIGH = /[\ue000-\uffff]/;

/**
 * Things whose keys come in the order of their UTF-8 bytes (S3's), in code-unit order (JavaScript's). They differ only below a
 * text that goes on with U+E000 to U+FFFF in one key and with a surrogate in another: so much is held back.
 */
export async function* codeUnitOrder<T>(
  things: AsyncIterable<T>,
  keyOf: (thing: T) => string,
): AsyncIterable<T> {
  const sorted = (held: T[]): T[] => held.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  let held: { readonly prefix: string; readonly things: T[] } | null = null;
  for await (const thing of things) {
    const key = keyOf(thing);
    if (held !== null) {
      if (key.startsWith(held.prefix)) {
        held.things.push(thing);
        continue;
      }
      yield* sorted(held.things);
      held = null;
    }
    const at = key.search(HIGH);
    if (at < 0) yield thing;
    else held = { prefix: key.slice(0, at), things: [thing] };
  }
  if (held !== null) yield* sorted(held.things);
}
