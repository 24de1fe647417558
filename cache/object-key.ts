import { GeoCropError } from '../engine/errors.js';

/** S3's limit, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * The key, if it is one: `/`-separated segments, none of them empty, `.` or `..`, without NUL or backslash. What is not
 * could leave the store's folder. Throws `bad-request`.
 */
export function checkKey(key: string): string {
  if (!isKey(key)) {
    throw new GeoCropError('bad-request', `${JSON.stringify(key)} is not a key of an object.`, {
      hint: 'Keys are path segments joined by /, at most 1024 bytes, without empty, "." or ".." segments.',
      context: { key },
    });
  }
  return key;
}

/** A prefix may be empty, end with `/`, or end in the middle of a segment. */
export function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  return prefix;
}

/** Throws RangeError unless 0 <= start <= end, whole numbers. */
export function checkRange(start: number, end: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new RangeError(`range: got [${start}, ${end}), expected whole numbers with 0 <= start <= end`);
  }
}

export function isKey(key: string): boolean {
  return (
    key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..') &&
    !key.includes('\0') &&
    !key.includes('\\') &&
    Buffer.byteLength(key) <= MAX_KEY_BYTES &&
    !/\p{Surrogate}/u.test(key)
  );
}
