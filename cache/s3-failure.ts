import { messageOf } from '../engine/errors.js';

/** What an S3 server, the SDK or the network said. */
export interface S3Failure {
  /** S3's error code, an errno, or the error's name. */
  readonly code: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly message: string;
  /** It may pass: worth another try. */
  readonly passing: boolean;
}

/** A try that took too long, a body that was cut, an answer that is none of S3: all may pass. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
}

/** Answers of the 400s that say "later". */
const LATER: readonly string[] = [
  'RequestTimeout',
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'TooManyRequests',
  'ServerBusy',
  // Bytes were damaged on their way.
  'BadDigest',
  'InvalidDigest',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
];
/** Of the 500s, what stays: nothing is there that could do it, or no room. */
const LASTING: readonly number[] = [501, 505, 507];

export function failureOf(error: unknown): S3Failure {
  const status = statusOf(error);
  const code = codeOf(error);
  // Answers to HEAD have no body that could say more.
  if (status >= 300 && /^Unknown/.test(code)) {
    const silent = { code: `HTTP ${status}`, message: 'it gave no reason' };
    return { ...silent, status, passing: isPassing(error, status, code) };
  }
  return { code, status, message: messageOf(error), passing: isPassing(error, status, code) };
}

function isPassing(error: unknown, status: number, code: string): boolean {
  if (LATER.includes(code)) return true;
  if (status >= 500) return !LASTING.includes(status) && !/StorageFull|Quota/.test(code);
  if (status >= 400) return status === 408 || status === 429;
  // No answer at all, or a good one whose body was not: what is wrong with our own code stays wrong.
  return !(error instanceof TypeError) && !(error instanceof RangeError);
}

function statusOf(error: unknown): number {
  const of = (part: string, field: string): unknown => read(read(error, part), field);
  const status = of('$metadata', 'httpStatusCode') ?? of('$response', 'statusCode');
  return typeof status === 'number' ? status : 0;
}

function codeOf(error: unknown): string {
  for (const field of ['Code', 'code', 'name']) {
    const value = read(error, field);
    if (typeof value === 'string' && value !== '') return value;
  }
  return 'Error';
}

function read(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
