import {
  CreateBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import type { Bucket } from './object-store.js';
import { S3Attempts } from './s3-attempts.js';
import { s3Error } from './s3-error.js';
import { failureOf } from './s3-failure.js';
import { hasBucket } from './s3-probe.js';
import type { S3ObjectStore } from './s3-store.js';

/** What is in the bucket of source blocks can be fetched again at any time. */
export const WINDOW_DAYS = 30;

/** Where a bucket need not, and must not, be named with its region. */
const DEFAULT_REGION = 'us-east-1';

/** Makes one bucket unless it is there; two who do so at once both succeed. */
export async function makeBucket(store: S3ObjectStore, bucket: Bucket): Promise<'made' | 'there'> {
  if (await hasBucket(store, bucket)) return 'there';
  const { region, endpoint } = store.options;
  const Bucket = store.bucketName(bucket);
  const command = new CreateBucketCommand({
    Bucket,
    ...(region === DEFAULT_REGION
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
  });
  try {
    await new S3Attempts(store.options).run(0, undefined, ({ signal }) =>
      store.client.send(command, { abortSignal: signal }),
    );
    return 'made';
  } catch (error) {
    if (failureOf(error).code === 'BucketAlreadyOwnedByYou') return 'there';
    throw s3Error(error, `The bucket ${Bucket} cannot be made`, { endpoint, bucket: Bucket });
  }
}

/** Has source blocks expire, or says why the server does not. Idempotent. */
export async function expireWindows(store: S3ObjectStore): Promise<string | null> {
  const command = new PutBucketLifecycleConfigurationCommand({
    Bucket: store.bucketName('geocrop-windows'),
    LifecycleConfiguration: {
      Rules: [
        {
          ID: 'geocrop-windows',
          Status: 'Enabled',
          Filter: { Prefix: '' },
          Expiration: { Days: WINDOW_DAYS },
        },
      ],
    },
  });
  try {
    await new S3Attempts(store.options).run(0, undefined, ({ signal }) =>
      store.client.send(command, { abortSignal: signal }),
    );
    return null;
  } catch (error) {
    const { code, message } = failureOf(error);
    return message === '' ? code : `${message} (${code})`;
  }
}
