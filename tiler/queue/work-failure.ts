import { asGeoCropError, GeoCropError } from '../../engine/errors.js';
import { ATTEMPTS, type WorkEnd, type WorkFailure } from './work-queue.js';

/** UTF-16 units: a failure travels to every process and is kept a while. */
const LONGEST = 2_000;

/** What of an error is told to those who asked. */
export function failureOf(error: unknown): WorkFailure {
  const { code, message, hint } = asGeoCropError(error);
  return {
    code,
    message: message.slice(0, LONGEST),
    ...(hint === undefined ? {} : { hint: hint.slice(0, LONGEST) }),
  };
}

/** The error that failed work ended with: as it was thrown where that was here, made again where it was told. */
export function errorOf({ error }: Pick<WorkEnd, 'error'>): GeoCropError {
  if (error === undefined) return new GeoCropError('internal', 'The work failed without a reason.');
  if (error instanceof GeoCropError) return error;
  const { code, message, hint, context } = error;
  return new GeoCropError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(context === undefined ? {} : { context }),
  });
}

/** BullMQ keeps one string: the reason of a failed job. */
export function encodeFailure(failure: WorkFailure): string {
  return JSON.stringify(failure);
}

/** Reasons of BullMQ itself are plain text. */
export function decodeFailure(reason: string): WorkFailure {
  try {
    const failure = JSON.parse(reason) as WorkFailure;
    if (typeof failure.code === 'string' && typeof failure.message === 'string') return failure;
  } catch {
    // not ours
  }
  if (reason.includes('stalled')) {
    return {
      code: 'internal',
      message: `The processes that worked on it ended without a word, more than ${MOST_STALLS} times.`,
      hint: 'Look at the workers’ logs and memory: a process that is killed for its memory says nothing itself.',
    };
  }
  return { code: 'internal', message: reason.slice(0, LONGEST) };
}

/** How often work may be lost with the process that did it: as often as it may fail. */
export const MOST_STALLS = ATTEMPTS;
