import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isGeoCropError, type ErrorCode } from '../engine/errors.js';
import { expireWindows, makeBucket } from './init-s3-store.js';
import { describeOnMinio, startMinio, type MinioServer } from './minio-server.js';
import { objectStoreConformance } from './object-store.conformance.js';
import { openS3Store } from './s3-probe.js';
import { presignedUrl } from './s3-presign.js';
import { S3ObjectStore } from './s3-store.js';

const BUCKET = 'geocrop-results';
let minio: MinioServer;

describeOnMinio('S3 store: conformance', () => {
  before(async () => {
    minio = await startMinio();
  });
  after(() => minio.stop());
  objectStoreConformance('minio', async () => {
    const store = await openS3Store(await minio.fresh());
    return { store, close: async () => store.close() };
  });
});

const collect = async (keys: AsyncIterable<string>): Promise<string[]> => {
  const out: string[] = [];
  for await (const key of keys) out.push(key);
  return out;
};

describeOnMinio('S3 store on MinIO', () => {
  before(async () => {
    minio = await startMinio();
  });
  after(() => minio.stop());

  const fails = (code: ErrorCode, says: RegExp) => (error: unknown) => {
    assert.ok(isGeoCropError(error, code), String(error));
    const all = `${error.message} ${error.hint ?? ''} ${JSON.stringify(error.context)}`;
    assert.match(all, says);
    assert.ok(!all.includes(minio.options.secretKey), 'no secret is shown');
    assert.equal(error.cause, undefined);
    return true;
  };

  test('lists more than a page, in code-unit order', async () => {
    const store = await openS3Store(await minio.fresh());
    // U+FF01 is before the maize as UTF-8, after it as code units.
    const keys = Array.from({ length: 1105 }, (_, i) => `p/${i}`).concat([
      'p/！',
      'p/！z',
      'p/🌽',
      'p/🌽a/！',
      'p/é',
    ]);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => store.put(BUCKET, key, Buffer.from('x'))));
    }
    assert.deepEqual(await collect(store.list(BUCKET, 'p/')), keys.sort());
    store.close();
  });

  test('folders of consoles, whose keys are none of ours, are not listed', async () => {
    const store = await openS3Store(await minio.fresh());
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const Bucket = store.bucketName(BUCKET);
    await store.client.send(new PutObjectCommand({ Bucket, Key: 'folder/', Body: new Uint8Array(0) }));
    await store.put(BUCKET, 'folder/k', Buffer.from('x'));
    assert.deepEqual(await collect(store.list(BUCKET, '')), ['folder/k']);
    store.close();
  });

  test('head says size, time, and another version where the bytes are others', async () => {
    const store = await openS3Store(await minio.fresh());
    await store.put(BUCKET, 'k', Buffer.from('one'));
    const first = await store.head(BUCKET, 'k');
    await store.put(BUCKET, 'k', Buffer.from('two'));
    const second = await store.head(BUCKET, 'k');
    assert.deepEqual([first?.size, second?.size], [3, 3]);
    assert.ok(first?.version !== undefined && first.version !== second?.version);
    assert.ok(Math.abs(Date.now() - (first.modified.getTime() ?? 0)) < 3_600_000);
    store.close();
  });

  test('stores of two prefixes do not see one another', async () => {
    const [one, two] = [await openS3Store(await minio.fresh()), await openS3Store(await minio.fresh())];
    await one.put(BUCKET, 'k', Buffer.from('x'));
    assert.equal(await two.get(BUCKET, 'k'), undefined);
    one.close();
    two.close();
  });

  test('missing buckets are named, with the command that makes them', async () => {
    const options = { ...minio.options, bucketPrefix: 'nobody-' };
    await assert.rejects(
      openS3Store(options),
      fails('store-unavailable', /nobody-geocrop-models, [^]*geocrop init-store/),
    );
    const store = new S3ObjectStore(options);
    for (const ask of [
      () => store.get(BUCKET, 'k'),
      () => store.getRange(BUCKET, 'k', 0, 5),
      () => store.put(BUCKET, 'k', Buffer.from('x')),
      () => store.putObject(BUCKET, 'k', Buffer.from('x'), { ifNoneMatch: '*' }),
      () => store.delete(BUCKET, 'k'),
      () => collect(store.list(BUCKET, '')),
    ]) {
      await assert.rejects(ask, fails('store-unavailable', /NoSuchBucket[^]*geocrop init-store/));
    }
    store.close();
  });

  test('wrong keys are said plainly', async () => {
    const wrongSecret = { ...minio.options, secretKey: 'wrong' };
    const wrongKey = { ...minio.options, accessKey: 'nobody' };
    for (const options of [wrongSecret, wrongKey]) {
      await assert.rejects(
        openS3Store(options),
        fails('store-unavailable', /SignatureDoesNotMatch|InvalidAccessKeyId/),
      );
      const store = new S3ObjectStore(options);
      await assert.rejects(
        store.get(BUCKET, 'k'),
        fails('store-unavailable', /(SignatureDoesNotMatch|InvalidAccessKeyId)[^]*access key/),
      );
      await assert.rejects(store.head(BUCKET, 'k'), fails('store-unavailable', /HTTP 403[^]*access key/));
      store.close();
    }
  });

  test('making buckets can be repeated, also by two at once; windows expire', async () => {
    const store = new S3ObjectStore({ ...minio.options, bucketPrefix: 'again-' });
    const made = await Promise.all([
      makeBucket(store, 'geocrop-windows'),
      makeBucket(store, 'geocrop-windows'),
    ]);
    assert.ok(made.includes('made'), String(made));
    assert.equal(await makeBucket(store, 'geocrop-windows'), 'there');
    assert.equal(await expireWindows(store), null);
    assert.equal(await expireWindows(store), null);
    store.close();
  });

  test('a presigned link is good for the public host, and for no other', async () => {
    const publicUrl = `http://localhost:${minio.port}`;
    const options = { ...(await minio.fresh()), publicUrl };
    const store = await openS3Store(options);
    await store.put(BUCKET, 'results/größe 1.tif', Buffer.from('pixels'));
    const link = await presignedUrl(options, BUCKET, 'results/größe 1.tif', 60);
    assert.ok(link.startsWith(`${publicUrl}/`) && !link.includes(options.secretKey));
    assert.equal(await (await fetch(link)).text(), 'pixels');
    assert.equal((await fetch(link.replace('localhost', '127.0.0.1'))).status, 403);
    assert.equal((await fetch(link.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status, 403);
    await assert.rejects(presignedUrl(options, BUCKET, 'k', 604_801), RangeError);
    await assert.rejects(presignedUrl(options, BUCKET, 'k', 0), RangeError);
    await assert.rejects(presignedUrl(options, BUCKET, '../k', 5), (error: unknown) =>
      isGeoCropError(error, 'bad-request'),
    );
    store.close();
  });
});
