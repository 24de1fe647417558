import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkKey } from './object-key.js';
import type { Bucket } from './object-store.js';
import { createS3Client } from './s3-client.js';
import type { S3Options } from './s3-options.js';

/** A link that reads one object without a key of its own. @param seconds 1 to 604,800 (S3's limit, a week) */
export type PresignUrl = (bucket: Bucket, key: string, seconds: number) => Promise<string>;

const WEEK = 604_800;

/**
 * Makes links for the host that browsers use: the host is part of what is signed, so a link for the inner host cannot be
 * rewritten for the public one. Nothing is sent. Throws `bad-request` (no key), RangeError (seconds).
 */
export function presigner(options: S3Options): PresignUrl {
  // Asking for a checksum would be part of the link, and of no use to a browser.
  const client = createS3Client({ ...options, endpoint: options.publicUrl ?? options.endpoint }, 'required');
  return async (bucket, key, seconds) => {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > WEEK) {
      throw new RangeError(`seconds: got ${seconds}, expected a whole number from 1 to ${WEEK}`);
    }
    const command = new GetObjectCommand({
      Bucket: `${options.bucketPrefix ?? ''}${bucket}`,
      Key: checkKey(key),
    });
    return getSignedUrl(client, command, { expiresIn: seconds });
  };
}

/** {@link presigner} for one link. */
export function presignedUrl(
  options: S3Options,
  bucket: Bucket,
  key: string,
  seconds: number,
): Promise<string> {
  return presigner(options)(bucket, key, seconds);
}
