import { digest } from '../../engine/digest.js';

/** Raised when the same values are drawn or encoded differently, so that kept pictures are asked for again. */
const RENDER_EPOCH = 1;

/** Hex digits in an ETag: 128 bits. */
const ETAG_DIGITS = 32;

/** A strong entity tag (RFC 9110, section 8.8.3) over all that decides the bytes. */
export function entityTag(parts: Readonly<Record<string, unknown>>): string {
  return `"${digest({ ...parts, epoch: RENDER_EPOCH }).slice(0, ETAG_DIGITS)}"`;
}

/**
 * True where `If-None-Match` names this representation, so that the answer is 304. Comparison is weak, as the field asks
 * (RFC 9110, section 13.1.2): `W/` does not count. `*` means any.
 */
export function matchesIfNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  // Entity tags may hold commas, so the list is not split at them.
  const tags: readonly string[] = header.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag);
}
