import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import { BUCKETS, type Bucket } from './object-store.js';
import { S3Attempts } from './s3-attempts.js';
import { s3Error } from './s3-error.js';
import { failureOf } from './s3-failure.js';
import type { S3Options } from './s3-options.js';
import { S3ObjectStore } from './s3-store.js';

const WRITERS = 8;
const BUCKET: Bucket = 'geocrop-results';

/**
 * The store, once it is known that its buckets are there and, where it will be written to, that its server keeps what the
 * archive relies on. A server that refuses checksums which it does not know is spoken to without them.
 * Throws `store-unavailable`; `config-invalid` where the server cannot be used.
 */
export async function openS3Store(
  options: S3Options,
  { writes = true }: { readonly writes?: boolean } = {},
): Promise<S3ObjectStore> {
  const store = new S3ObjectStore(options);
  try {
    await checkBuckets(store);
    if (!writes || (await takesChecksums(store))) {
      if (writes) await probeConditionalPut(store);
      return store;
    }
  } catch (error) {
    store.close();
    throw error;
  }
  store.close();
  const plain = new S3ObjectStore(options, 'required');
  try {
    await probeConditionalPut(plain);
    return plain;
  } catch (error) {
    plain.close();
    throw error;
  }
}

/** Whether the bucket is there; throws where that cannot be said, and why: an answer to HEAD could not say it. */
export async function hasBucket(store: S3ObjectStore, bucket: Bucket): Promise<boolean> {
  const Bucket = store.bucketName(bucket);
  try {
    await new S3Attempts(store.options).run(0, undefined, ({ signal }) =>
      store.client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal: signal }),
    );
    return true;
  } catch (error) {
    if (failureOf(error).status === 404) return false;
    const { endpoint } = store.options;
    throw s3Error(error, `The store at ${endpoint} cannot be used: bucket ${Bucket}`, {
      endpoint,
      bucket: Bucket,
    });
  }
}

async function checkBuckets(store: S3ObjectStore): Promise<void> {
  const found = await Promise.all(BUCKETS.map((bucket) => hasBucket(store, bucket)));
  const missing = BUCKETS.filter((_, at) => found[at] === false).map((bucket) => store.bucketName(bucket));
  if (missing.length === 0) return;
  const { endpoint } = store.options;
  throw new GeoCropError(
    'store-unavailable',
    `The store at ${endpoint} has no bucket ${missing.join(', ')}.`,
    {
      hint: 'Make the buckets with: geocrop init-store',
      context: { endpoint },
    },
  );
}

/** Servers older than S3's checksums mostly pass them over; some refuse the request. */
export async function takesChecksums(store: S3ObjectStore): Promise<boolean> {
  const key = `.probe/${randomUUID()}`;
  try {
    await store.putObject(BUCKET, key, new Uint8Array([1]));
  } catch (error) {
    const status = isGeoCropError(error) ? error.context['status'] : null;
    if (status === 400 || status === 501) return false;
    throw error;
  }
  await store.delete(BUCKET, key);
  return true;
}

/**
 * Whether of several who write an object that is not there yet exactly one succeeds, and stays. Old servers pass
 * `If-None-Match` over (the last one wins), refuse it, or look before they lock.
 * Throws `config-invalid` where it does not hold: two workers could then mix their files in one metatile.
 */
export async function probeConditionalPut(store: S3ObjectStore): Promise<void> {
  const key = `.probe/${randomUUID()}`;
  const put = (value: number): Promise<'written' | 'exists'> =>
    store.putObject(BUCKET, key, new Uint8Array(1024).fill(value), { ifNoneMatch: '*' });
  try {
    const answers = await Promise.all(Array.from({ length: WRITERS }, (_, value) => put(value)));
    const late = await put(WRITERS);
    const bytes = await store.get(BUCKET, key);
    const winners = answers.filter((answer) => answer === 'written').length;
    if (winners === 1 && late === 'exists' && bytes?.[0] === answers.indexOf('written')) return;
    throw unfit(
      store,
      `of ${WRITERS} writers of one new object, ${winners} were told that they had written it`,
    );
  } catch (error) {
    if (isGeoCropError(error, 'store-unavailable') && error.context['status'] === 501) {
      throw unfit(store, error.message);
    }
    throw error;
  } finally {
    await store.delete(BUCKET, key).catch(() => undefined);
  }
}

function unfit({ options }: S3ObjectStore, why: string): GeoCropError {
  return new GeoCropError(
    'config-invalid',
    `The store at ${options.endpoint} does not keep to If-None-Match: * (${why}).`,
    {
      hint: 'Take a newer server (a current MinIO, AWS S3), or a folder: unset GEOCROP_STORE_S3_ENDPOINT.',
      context: { endpoint: options.endpoint },
    },
  );
}
