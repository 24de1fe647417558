import type { ErrorCode } from '../../engine/errors.js';
import { isGeoCropError } from '../../engine/errors.js';

/** What scripts see. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work. */
  failed: 1,
  /** It was asked for wrongly: nothing was tried. */
  usage: 2,
  /** Stopped by SIGINT, as shells count it. */
  interrupted: 130,
} as const;

/** Errors that only another command line or configuration can mend. */
const USAGE_ERRORS: readonly ErrorCode[] = [
  'bad-request',
  'unknown-season',
  'unknown-year',
  'unknown-model',
  'unknown-layer',
  'outside-coverage',
  'area-too-large',
  'config-invalid',
];

export function exitCodeOf(error: unknown): number {
  if (isGeoCropError(error, 'aborted')) return EXIT.interrupted;
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
  return isGeoCropError(error, ...USAGE_ERRORS) ? EXIT.usage : EXIT.failed;
}
