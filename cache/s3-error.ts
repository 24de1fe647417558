import { GeoCropError, isGeoCropError, type ErrorDetails } from '../engine/errors.js';
import { failureOf, type S3Failure } from './s3-failure.js';

const HINTS: readonly (readonly [codes: RegExp, hint: string])[] = [
  [/^NoSuchBucket$/, 'Make the buckets with: geocrop init-store'],
  [
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|AuthorizationHeaderMalformed|InvalidToken)$/,
    'Check the access key, the secret key and the region of the store.',
  ],
  [
    /^(AccessDenied|Forbidden|AllAccessDisabled|HTTP 403)$/,
    'Give this access key the right to read, write, list and delete there.',
  ],
  [
    /^RequestTimeTooSkewed$/,
    'Set the clock of this machine, or of the store: they differ by more than 15 minutes.',
  ],
  [
    /^(PermanentRedirect|MovedPermanently|InvalidRegion|HTTP 301)$/,
    'The bucket is in another region: set the region of the store.',
  ],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    'Check that the store runs, and its endpoint.',
  ],
  [/^KeyTooLong/, 'The key is longer than this store allows.'],
];

/** 507, MinIO's full disk, MinIO's and Ceph's quotas. */
export function isFull({ status, code }: S3Failure): boolean {
  return status === 507 || /^(XMinio)?StorageFull$|Quota|InsufficientStorage/i.test(code);
}

/**
 * What an S3 server said, as `store-full` or `store-unavailable`, with what to do. The SDK's own error does not go along:
 * it holds the request and the answer.
 */
export function s3Error(
  error: unknown,
  what: string,
  context: NonNullable<ErrorDetails['context']>,
): GeoCropError {
  if (isGeoCropError(error)) return error;
  const failure = failureOf(error);
  const { code, status, message } = failure;
  const full = isFull(failure);
  const hint = full
    ? 'Make room in the store, or raise its quota.'
    : HINTS.find(([codes]) => codes.test(code))?.[1];
  const said = message === '' || message === code ? code : `${message.replace(/\.$/, '')} (${code})`;
  return new GeoCropError(full ? 'store-full' : 'store-unavailable', `${what}: ${said}.`, {
    context: { ...context, code, status },
    ...(hint === undefined ? {} : { hint }),
  });
}
