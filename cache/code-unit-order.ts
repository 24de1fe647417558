/** Beyond the surrogates: sorted before them as UTF-8, after them as code units. */
const HIGH = /[\ue000-\uffff]/;

/**
 * Keys that come in the order of their UTF-8 bytes (S3's), in code-unit order (JavaScript's). They differ only below a
 * text that goes on with U+E000 to U+FFFF in one key and with a surrogate in another: so much is held back.
 */
export async function* codeUnitOrder(keys: AsyncIterable<string>): AsyncIterable<string> {
  let held: { readonly prefix: string; readonly keys: string[] } | null = null;
  for await (const key of keys) {
    if (held !== null) {
      if (key.startsWith(held.prefix)) {
        held.keys.push(key);
        continue;
      }
      yield* held.keys.sort();
      held = null;
    }
    const at = key.search(HIGH);
    if (at < 0) yield key;
    else held = { prefix: key.slice(0, at), keys: [key] };
  }
  if (held !== null) yield* held.keys.sort();
}
