import { GeoCropError, messageOf } from '../errors.js';

/** What went wrong while `path` was written: `store-full` where the disk is, `store-unavailable` for anything else. */
export function outputError(path: string, cause: unknown): GeoCropError {
  const full =
    cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new GeoCropError(
    full ? 'store-full' : 'store-unavailable',
    `${path} cannot be written: ${messageOf(cause)}.`,
    {
      hint: full ? 'Make room on the disk.' : 'Check the folder and its permissions.',
      context: { path },
      cause,
    },
  );
}
