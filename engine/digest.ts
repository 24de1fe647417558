import { createHash } from 'node:crypto';

/** JSON with keys in code-unit order and no white space: equal values give equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}

/** SHA-256 of the canonical JSON of `value`, or of the bytes themselves, as 64 lower-case hex digits. */
export function digest(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : canonicalJson(value);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Hex digits of a digest used in object keys: 64 bits are plenty for names that are also checked by content. */
export const KEY_DIGITS = 16;

/** The first {@link KEY_DIGITS} digits of {@link digest}. */
export function shortDigest(value: unknown): string {
  return digest(value).slice(0, KEY_DIGITS);
}
