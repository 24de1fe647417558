import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { isGeoCropError, type ErrorCode } from '../engine/errors.js';
import { FaultyProxy, type Asked, type Fault } from './faulty-proxy.js';
import { describeOnMinio, startMinio, type MinioServer } from './minio-server.js';
import type { S3Options } from './s3-options.js';
import { openS3Store } from './s3-probe.js';
import { S3ObjectStore } from './s3-store.js';

const BUCKET = 'geocrop-results';
const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
/** What hangs is given up after this time; nothing here waits for it but what hangs. */
const TIMEOUT_MS = 300;

const is = (code: ErrorCode) => (error: unknown) => isGeoCropError(error, code);

describeOnMinio('S3 store before faults', () => {
  let minio: MinioServer;
  let proxy: FaultyProxy;
  let options: S3Options;
  let store: S3ObjectStore;
  /** Straight to the server. */
  let direct: S3ObjectStore;
  before(async () => {
    minio = await startMinio();
  });
  after(() => minio.stop());
  beforeEach(async () => {
    proxy = await FaultyProxy.before(minio.port);
    const own = await minio.fresh();
    options = { ...own, endpoint: proxy.url, timeoutMs: TIMEOUT_MS, sleep: async () => undefined };
    store = new S3ObjectStore(options);
    direct = new S3ObjectStore(own);
    await direct.put(BUCKET, 'k', BYTES);
  });
  afterEach(async () => {
    store.close();
    direct.close();
    await proxy.close();
  });

  /** The first `times` requests of this method go wrong. */
  const breaks = (method: string, fault: Fault, times = Infinity): void => {
    let left = times;
    proxy.asked.length = 0;
    proxy.fault = (asked: Asked) => (asked.method === method && left-- > 0 ? fault : undefined);
  };
  const asked = (method: string): number => proxy.asked.filter((request) => request.method === method).length;
  const same = (bytes: Uint8Array | undefined): boolean =>
    bytes !== undefined && Buffer.from(bytes).equals(BYTES);

  const reading: readonly (readonly [string, Fault])[] = [
    ['500', { kind: 'status', status: 500, code: 'InternalError' }],
    ['503', { kind: 'status', status: 503, code: 'SlowDown' }],
    ["a gateway's page", { kind: 'status', status: 502, text: '<html>bad gateway</html>' }],
    ['no answer', { kind: 'hang' }],
    ['a closed connection', { kind: 'reset' }],
    ['a body cut at its beginning', { kind: 'cut', after: 0 }],
    ['a body cut in the middle', { kind: 'cut', after: 100_000 }],
    ['a body that stalls', { kind: 'stall', after: 100_000 }],
    ['a damaged body', { kind: 'damage' }],
  ];
  for (const [what, fault] of reading) {
    test(`reading: after ${what} the next try has the right bytes`, async () => {
      breaks('GET', fault, 1);
      assert.ok(same(await store.get(BUCKET, 'k')));
      assert.equal(asked('GET'), 2);
      // A part has no checksum of its own.
      if (fault.kind === 'damage') return;
      breaks('GET', fault, 2);
      const part = await store.getRange(BUCKET, 'k', 10, 200_010);
      assert.ok(part !== undefined && Buffer.from(part).equals(BYTES.subarray(10, 200_010)));
      assert.equal(asked('GET'), 3);
    });

    test(`reading: where it stays at ${what}, three tries and a typed error, then it works again`, async () => {
      breaks('GET', fault);
      await assert.rejects(store.get(BUCKET, 'k'), is('store-unavailable'));
      assert.equal(asked('GET'), 3);
      proxy.fault = () => undefined;
      assert.ok(same(await store.get(BUCKET, 'k')));
    });
  }

  const writing: readonly (readonly [string, Fault])[] = [
    ['500', { kind: 'status', status: 500, code: 'InternalError' }],
    ['503', { kind: 'status', status: 503, code: 'ServiceUnavailable' }],
    ['no answer', { kind: 'hang' }],
    ['a closed connection', { kind: 'reset' }],
    ['half a request', { kind: 'cut-request', after: 150_000 }],
    ['an answer that was lost', { kind: 'lose-answer' }],
  ];
  for (const [what, fault] of writing) {
    test(`writing: after ${what} the next try writes it`, async () => {
      breaks('PUT', fault, 1);
      assert.equal(await store.put(BUCKET, 'new', BYTES), 'written');
      assert.equal(asked('PUT'), 2);
      assert.ok(same(await direct.get(BUCKET, 'new')));
    });

    test(`writing what must be new: after ${what} the writer knows that it was the one`, async () => {
      breaks('PUT', fault, 1);
      assert.equal(await store.put(BUCKET, 'new', BYTES, { ifNoneMatch: '*' }), 'written');
      assert.ok(same(await direct.get(BUCKET, 'new')));
      breaks('PUT', fault, 1);
      assert.equal(await store.put(BUCKET, 'new', Buffer.from('other'), { ifNoneMatch: '*' }), 'exists');
      assert.equal(
        await store.putObject(BUCKET, 'new', Buffer.from('other'), { ifNoneMatch: '*' }),
        'exists',
      );
      assert.ok(same(await direct.get(BUCKET, 'new')));
    });

    test(`writing: where it stays at ${what}, three tries and a typed error`, async () => {
      breaks('PUT', fault);
      await assert.rejects(store.put(BUCKET, 'new', BYTES), is('store-unavailable'));
      assert.equal(asked('PUT'), 3);
      proxy.fault = () => undefined;
      assert.equal(await store.put(BUCKET, 'new', BYTES), 'written');
    });
  }

  test('a writer that is gone in the middle of an object leaves the old one, or none', async () => {
    breaks('PUT', { kind: 'cut-request', after: 150_000 });
    for (const key of ['k', 'never']) {
      await assert.rejects(store.put(BUCKET, key, new Uint8Array(400_000)), is('store-unavailable'));
    }
    assert.ok(same(await direct.get(BUCKET, 'k')));
    assert.equal(await direct.head(BUCKET, 'never'), undefined);
  });

  test('the server is killed while it is written to, and started again: whole objects, and it works on', async () => {
    await direct.put(BUCKET, 'victim', BYTES);
    const other = Uint8Array.from(BYTES, (value) => 250 - value);
    const puts = Array.from({ length: 12 }, (_, i) =>
      direct.put(BUCKET, `new/${i}`, BYTES).catch(() => null),
    );
    const replaced = direct.put(BUCKET, 'victim', other).catch(() => null);
    await puts[0];
    await minio.kill();
    const answers = await Promise.all(puts);
    await replaced;
    await assert.rejects(direct.get(BUCKET, 'victim'), is('store-unavailable'));
    await minio.start();
    for (const [i, answer] of answers.entries()) {
      const bytes = await direct.get(BUCKET, `new/${i}`);
      assert.ok(bytes === undefined ? answer !== 'written' : same(bytes), `new/${i}: ${String(answer)}`);
    }
    const victim = (await direct.get(BUCKET, 'victim')) ?? new Uint8Array();
    assert.ok(same(victim) || Buffer.from(victim).equals(other));
    assert.equal(await direct.put(BUCKET, 'after', BYTES), 'written');
  });

  test('another writer between the tries is not taken for oneself', async () => {
    let calls = 0;
    proxy.fault = ({ method }) => {
      if (method !== 'PUT' || calls++ > 0) return undefined;
      return { kind: 'reset' };
    };
    const mine = new S3ObjectStore({
      ...options,
      sleep: async () => void (await direct.put(BUCKET, 'new', Buffer.from('theirs'))),
    });
    assert.equal(await mine.put(BUCKET, 'new', BYTES, { ifNoneMatch: '*' }), 'exists');
    assert.equal(Buffer.from((await direct.get(BUCKET, 'new')) ?? []).toString(), 'theirs');
    mine.close();
  });

  test('409 of two conditional writers is tried again, a bounded number of times', async () => {
    const conflict: Fault = { kind: 'status', status: 409, code: 'ConditionalRequestConflict' };
    breaks('PUT', conflict, 2);
    assert.equal(await store.put(BUCKET, 'new', BYTES, { ifNoneMatch: '*' }), 'written');
    assert.equal(asked('PUT'), 3);
    breaks('PUT', conflict);
    await assert.rejects(store.put(BUCKET, 'new2', BYTES, { ifNoneMatch: '*' }), is('store-unavailable'));
    assert.equal(asked('PUT'), 3);
  });

  for (const [status, code] of [
    [507, 'XMinioStorageFull'],
    [400, 'XMinioAdminBucketQuotaExceeded'],
    [403, 'QuotaExceeded'],
  ] as const) {
    test(`${code} is store-full, said once`, async () => {
      breaks('PUT', { kind: 'status', status, code });
      await assert.rejects(store.put(BUCKET, 'new', BYTES), is('store-full'));
      assert.equal(asked('PUT'), 1);
    });
  }

  test('what will not pass is not tried again', async () => {
    breaks('GET', { kind: 'status', status: 403, code: 'AccessDenied' });
    await assert.rejects(
      store.get(BUCKET, 'k'),
      (error: unknown) =>
        isGeoCropError(error, 'store-unavailable') && /right to read/.test(error.hint ?? ''),
    );
    assert.equal(asked('GET'), 1);
  });

  test('listing: a page that fails is asked for again, and one that is none is no list', async () => {
    const list = async (): Promise<string[]> => {
      const keys: string[] = [];
      for await (const key of store.list(BUCKET, '')) keys.push(key);
      return keys;
    };
    for (const fault of [
      { kind: 'status', status: 503, code: 'SlowDown' },
      { kind: 'hang' },
      { kind: 'cut', after: 40 },
      { kind: 'status', status: 200, text: '<html>please sign in</html>' },
      { kind: 'status', status: 200, text: '' },
    ] as const satisfies readonly Fault[]) {
      breaks('GET', fault, 1);
      assert.deepEqual(await list(), ['k'], JSON.stringify(fault));
      breaks('GET', fault);
      await assert.rejects(list(), is('store-unavailable'), JSON.stringify(fault));
    }
  });

  test('head and delete too', async () => {
    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'hang' }, { kind: 'reset' }] as const) {
      breaks('HEAD', fault, 1);
      assert.equal((await store.head(BUCKET, 'k'))?.size, BYTES.length);
      breaks('HEAD', fault);
      await assert.rejects(store.head(BUCKET, 'k'), is('store-unavailable'));
      breaks('DELETE', fault, 1);
      await store.delete(BUCKET, 'gone');
      breaks('DELETE', fault);
      await assert.rejects(store.delete(BUCKET, 'gone'), is('store-unavailable'));
    }
  });

  test('an abort ends a read that hangs, at once and for its caller only', async () => {
    const patient = new S3ObjectStore({ ...options, timeoutMs: 600_000 });
    proxy.fault = ({ headers }) => (headers.range === undefined ? { kind: 'stall', after: 10 } : undefined);
    const controller = new AbortController();
    const read = patient.get(BUCKET, 'k', controller.signal);
    const other = patient.getRange(BUCKET, 'k', 0, 5);
    assert.equal((await other)?.length, 5);
    controller.abort();
    await assert.rejects(read, is('aborted'));
    patient.close();
  });

  test('a reader that waits for its turn can be aborted, and the turn passes on', async () => {
    const narrow = new S3ObjectStore({ ...options, timeoutMs: 600_000, maxInFlight: 1 });
    proxy.fault = ({ headers }) => (headers.range === undefined ? { kind: 'hang' } : undefined);
    const [first, second] = [new AbortController(), new AbortController()];
    const hanging = narrow.get(BUCKET, 'k', first.signal);
    const waiting = narrow.get(BUCKET, 'k', second.signal);
    const third = narrow.getRange(BUCKET, 'k', 0, 5);
    second.abort();
    await assert.rejects(waiting, is('aborted'));
    first.abort();
    await assert.rejects(hanging, is('aborted'));
    assert.equal((await third)?.length, 5);
    narrow.close();
  });

  test('nobody there: said at once, with the place', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const endpoint = `http://127.0.0.1:${port}`;
    await assert.rejects(openS3Store({ ...options, endpoint }), (error: unknown) => {
      assert.ok(isGeoCropError(error, 'store-unavailable'));
      assert.ok(error.message.includes(endpoint) && error.message.includes('ECONNREFUSED'), error.message);
      return true;
    });
  });

  describe('a server that is older than', () => {
    test('If-None-Match is refused, whether it passes it over or does not know it', async () => {
      proxy.fault = ({ headers }) =>
        headers['if-none-match'] === undefined
          ? undefined
          : { kind: 'status', status: 501, code: 'NotImplemented' };
      await assert.rejects(openS3Store(options), is('config-invalid'));
      proxy.fault = ({ headers }) =>
        headers['if-none-match'] === undefined ? undefined : { kind: 'status', status: 200, text: '' };
      await assert.rejects(openS3Store(options), (error: unknown) => {
        assert.ok(isGeoCropError(error, 'config-invalid'));
        assert.match(error.message, /8 writers of one new object, 8 were told/);
        return true;
      });
    });

    for (const [status, code] of [
      [501, 'NotImplemented'],
      [400, 'InvalidArgument'],
    ] as const) {
      test(`checksums is spoken to without them (${code})`, async () => {
        proxy.fault = ({ method, headers }) =>
          method === 'PUT' && Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-'))
            ? { kind: 'status', status, code }
            : undefined;
        const plain = await openS3Store(options);
        assert.equal(plain.checksums, 'required');
        assert.equal(await plain.put(BUCKET, 'new', BYTES), 'written');
        assert.ok(same(await plain.get(BUCKET, 'new')));
        plain.close();
      });
    }
  });
});
