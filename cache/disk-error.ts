import { GeoCropError, isGeoCropError, messageOf, type ErrorDetails } from '../engine/errors.js';

export function hasErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk, or point the store at a larger one.',
  EDQUOT: 'The quota of this user is used up: make room, or ask for more.',
  EACCES: 'Give the user that runs GeoCrop the right to write there.',
  EPERM: 'Give the user that runs GeoCrop the right to write there; the file system must know hard links.',
  ENOTSUP: 'The file system must know hard links: use a local disk, not FAT.',
  EROFS: 'The file system is mounted read-only: point the store at another folder.',
  ENAMETOOLONG: 'The key is longer than this file system allows.',
};

/** What the operating system said, as `store-full` or `store-unavailable`, with what to do. */
export function storeError(
  error: unknown,
  what: string,
  context: NonNullable<ErrorDetails['context']>,
): GeoCropError {
  if (isGeoCropError(error)) return error;
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = HINTS[errno];
  return new GeoCropError(
    errno === 'ENOSPC' || errno === 'EDQUOT' ? 'store-full' : 'store-unavailable',
    `${what}: ${messageOf(error)}.`,
    { context: { ...context, ...(errno === '' ? {} : { errno }) }, cause: error, ...(hint ? { hint } : {}) },
  );
}
