import { S3Client } from '@aws-sdk/client-s3';
import type { S3Options } from './s3-options.js';

/** Longest that making a connection may take. */
const CONNECT_MS = 2_000;
export const MAX_IN_FLIGHT = 64;

/**
 * `supported`: CRC32 goes with every object, is checked by the server, and checked again when the object is read whole.
 * `required`: for servers that refuse a request with a checksum that they do not know.
 */
export type Checksums = 'supported' | 'required';

/** The SDK's client. Its own retries are off: they know nothing of time, nor of the body (s3-attempts.ts). */
export function createS3Client(options: S3Options, checksums: Checksums): S3Client {
  const { endpoint, region, accessKey, secretKey, pathStyle = true } = options;
  const when = checksums === 'supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const agent = { keepAlive: true, maxSockets: options.maxInFlight ?? MAX_IN_FLIGHT };
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    maxAttempts: 1,
    requestChecksumCalculation: when,
    responseChecksumValidation: when,
    requestHandler: { connectionTimeout: CONNECT_MS, httpAgent: agent, httpsAgent: agent },
  });
}
