import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { GeoCropError, isGeoCropError, type ErrorCode } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { createByteSource, type ByteSourceOptions } from './create-byte-source.js';
import { FaultyServer, sendRange } from './faulty-server.js';
import { WHOLE_BODY_LIMIT } from './read-http.js';

const FILE = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** A source that does not wait between tries, and a server that answers as told. */
async function setUp(
  t: TestContext,
  answer: Answer,
  options: ByteSourceOptions = {},
): Promise<{ source: ByteSource; server: FaultyServer; waits: number[]; href: string }> {
  const server = await FaultyServer.start(answer);
  t.after(() => server.stop());
  const waits: number[] = [];
  const source = createByteSource({
    sleep: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
  return { source, server, waits, href: `${server.url}/scene/B04.tif` };
}

const fails =
  (code: ErrorCode, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(isGeoCropError(error, code), `${code}: ${String(error)}`);
    assert.match(error.message, message);
    return true;
  };

const good: Answer = (request, response) => sendRange(request, response, FILE);

test('a range is the bytes asked for, cut at the end of the file', async (t) => {
  const seen: [string, number][] = [];
  const { source, server, href } = await setUp(t, good, { onRead: (url, bytes) => seen.push([url, bytes]) });
  assert.deepEqual(await source.read(href, 10, 20), FILE.slice(10, 20));
  assert.deepEqual(await source.read(href, 990, 1500), FILE.slice(990));
  assert.deepEqual(await source.read(href, 1000, 1500), new Uint8Array(0));
  assert.deepEqual(await source.read(href, 5, 5), new Uint8Array(0));
  assert.deepEqual(server.ranges, ['bytes=10-19', 'bytes=990-1499', 'bytes=1000-1499']);
  assert.deepEqual(seen, [
    [href, 10],
    [href, 10],
    [href, 0],
  ]);
  await assert.rejects(source.read(href, 9, 5), RangeError);
});

for (const [status, code] of [
  [404, 'source-missing'],
  [410, 'source-missing'],
  [401, 'source-forbidden'],
  [403, 'source-forbidden'],
  [400, 'source-unavailable'],
] as const) {
  test(`${status} is ${code} at once`, async (t) => {
    const { source, server, href } = await setUp(t, (_, response) => response.writeHead(status).end('no'));
    await assert.rejects(source.read(href, 0, 10), (error) => {
      assert.ok(isGeoCropError(error, code));
      assert.deepEqual({ ...error.context }, { href, status });
      return true;
    });
    assert.equal(server.ranges.length, 1);
  });
}

for (const status of [500, 502, 503, 429]) {
  test(`${status}, then good, is good`, async (t) => {
    const { source, server, waits, href } = await setUp(t, (request, response, number) => {
      if (number < 3) response.writeHead(status).end();
      else sendRange(request, response, FILE);
    });
    assert.deepEqual(await source.read(href, 0, 10), FILE.slice(0, 10));
    assert.equal(server.ranges.length, 3);
    assert.deepEqual(waits, [250, 500]);
  });
}

test('500 for ever is source-unavailable after the tries, and the next read tries again', async (t) => {
  let down = true;
  const { source, server, href } = await setUp(t, (request, response) => {
    if (down) response.writeHead(500).end();
    else sendRange(request, response, FILE);
  });
  await assert.rejects(source.read(href, 0, 10), fails('source-unavailable', /500, 3 times/));
  assert.equal(server.ranges.length, 3);
  down = false;
  assert.deepEqual(await source.read(href, 0, 10), FILE.slice(0, 10));
});

test('Retry-After is kept to, within what a client bears', async (t) => {
  const { source, waits, href } = await setUp(t, (request, response, number) => {
    if (number === 1) response.writeHead(503, { 'retry-after': '3' }).end();
    else if (number === 2) response.writeHead(503, { 'retry-after': '900' }).end();
    else sendRange(request, response, FILE);
  });
  await source.read(href, 0, 10);
  assert.deepEqual(waits, [3000, 10_000]);
});

test('a body cut short is never a short result', async (t) => {
  const { source, server, href } = await setUp(t, (_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-99/1000', 'content-length': 100 });
    response.write(FILE.subarray(0, 40), () => response.destroy());
  });
  await assert.rejects(source.read(href, 0, 100), fails('source-unavailable'));
  assert.equal(server.ranges.length, 3);
});

test('a body cut short without a length is noticed too', async (t) => {
  const { source, href } = await setUp(t, (_, response) => {
    // Chunked, and ended in good order: only Content-Range tells.
    response.writeHead(206, { 'content-range': 'bytes 0-99/1000' });
    response.end(FILE.subarray(0, 40));
  });
  await assert.rejects(source.read(href, 0, 100), fails('source-unavailable', /40 of 100 bytes/));
});

test('a connection that is refused is source-unavailable', async (t) => {
  const { source, server, href } = await setUp(t, good);
  await server.stop();
  await assert.rejects(
    source.read(href, 0, 100),
    fails('source-unavailable', /could not be reached.*ECONNREFUSED/),
  );
});

for (const [what, range] of [
  ['another start', 'bytes 1-100/1000'],
  ['less than asked within the file', 'bytes 0-49/1000'],
  ['more than asked', 'bytes 0-199/1000'],
  ['nonsense', 'bites'],
  ['nothing', undefined],
] as const) {
  test(`Content-Range that says ${what} is not believed`, async (t) => {
    const { source, href } = await setUp(t, (_, response) => {
      response.writeHead(206, range === undefined ? {} : { 'content-range': range });
      response.end(FILE.subarray(0, 100));
    });
    await assert.rejects(source.read(href, 0, 100), fails('source-unavailable'));
  });
}

test('a server that ignores Range is borne with', async (t) => {
  const { source, href } = await setUp(t, (_, response) => response.writeHead(200).end(FILE));
  assert.deepEqual(await source.read(href, 100, 200), FILE.slice(100, 200));
  assert.deepEqual(await source.read(href, 900, 2000), FILE.slice(900));
  assert.deepEqual(await source.read(href, 1000, 2000), new Uint8Array(0));
});

test('a server that ignores Range is refused far into a file, before its bytes come', async (t) => {
  const size = 2 * WHOLE_BODY_LIMIT;
  const { source, server, href } = await setUp(t, (_, response) => {
    response.writeHead(200, { 'content-length': size }).write(FILE);
  });
  await assert.rejects(source.read(href, size - 10, size), fails('source-unavailable', /ignores Range/));
  assert.equal(server.ranges.length, 1);
});

test('a server that says nothing is given up after the time limit', async (t) => {
  const { source, href } = await setUp(t, () => undefined, { timeoutMs: 5, tries: 2 });
  await assert.rejects(source.read(href, 0, 10), fails('source-unavailable', /within 5 ms, 2 times/));
});

test('an abort reaches the socket and is no failure of the source', async (t) => {
  const controller = new AbortController();
  const { source, server, waits, href } = await setUp(t, (_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-99/1000', 'content-length': 100 });
    response.write(FILE.subarray(0, 10));
    response.once('close', () => closed());
    controller.abort();
  });
  let closed = (): void => undefined;
  const hungUp = new Promise<void>((resolve) => (closed = resolve));
  await assert.rejects(source.read(href, 0, 100, controller.signal), fails('aborted'));
  await hungUp;
  assert.deepEqual(server.hungUp, ['/scene/B04.tif']);
  assert.deepEqual(waits, []);
  await assert.rejects(source.read(href, 0, 100, controller.signal), fails('aborted'));
  assert.equal(server.ranges.length, 1);
});

test('an abort during the wait between tries ends it', async (t) => {
  const controller = new AbortController();
  const { source, server, href } = await setUp(t, (_, response) => response.writeHead(500).end(), {
    sleep: async () => controller.abort(),
  });
  await assert.rejects(source.read(href, 0, 100, controller.signal), fails('aborted'));
  assert.equal(server.ranges.length, 1);
});

test('no more than the limit is in flight, over all callers', async (t) => {
  const held: (() => void)[] = [];
  let arrived = (): void => undefined;
  const two = new Promise<void>((resolve) => (arrived = resolve));
  const { source, server, href } = await setUp(
    t,
    (request, response) => {
      held.push(() => sendRange(request, response, FILE));
      if (held.length === 2) arrived();
      if (held.length > 2) held.at(-1)?.();
    },
    { maxInFlight: 2 },
  );
  const impatient = new AbortController();
  const reads = Array.from({ length: 6 }, (_, i) => source.read(href, i, i + 1));
  const given = source.read(href, 50, 51, impatient.signal);
  await two;
  impatient.abort();
  await assert.rejects(given, fails('aborted'));
  assert.equal(server.mostInFlight, 2);
  for (const release of held.slice(0, 2)) release();
  assert.deepEqual(
    (await Promise.all(reads)).map(([byte]) => byte),
    [0, 1, 2, 3, 4, 5],
  );
  assert.equal(server.mostInFlight, 2);
  assert.ok(!server.ranges.includes('bytes=50-50'), 'who left the queue was not served');
});

test('s3 objects are read without signing at the configured endpoint', async (t) => {
  const paths: string[] = [];
  const server = await FaultyServer.start((request, response) => {
    paths.push(request.url ?? '');
    assert.equal(request.headers.authorization, undefined);
    sendRange(request, response, FILE);
  });
  t.after(() => server.stop());
  const source = createByteSource({ s3: { endpoint: server.url } });
  assert.deepEqual(await source.read('s3://scenes/36/K/B 04+%.tif', 3, 6), FILE.slice(3, 6));
  assert.deepEqual(paths, ['/scenes/36/K/B%2004%2B%25.tif']);
});

test('files are read by place, cut at their end', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-source-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'a file+%.bin');
  await writeFile(path, FILE);
  const href = pathToFileURL(path).href;
  const source = createByteSource();
  assert.deepEqual(await source.read(href, 10, 20), FILE.slice(10, 20));
  assert.deepEqual(await source.read(href, 990, 2 ** 40), FILE.slice(990));
  assert.deepEqual(await source.read(href, 5000, 6000), new Uint8Array(0));
  await assert.rejects(source.read(`${href}.missing`, 0, 1), fails('source-missing'));
  await assert.rejects(source.read(pathToFileURL(folder).href, 0, 1), fails('source-missing'));
  await assert.rejects(source.read('file://elsewhere/a', 0, 1), fails('source-missing'));
});

test('a file that may not be read is forbidden, another fault unavailable', async () => {
  for (const [reason, code] of [
    ['EACCES', 'source-forbidden'],
    ['EIO', 'source-unavailable'],
    ['EMFILE', 'source-unavailable'],
  ] as const) {
    const source = createByteSource({
      openFile: () => Promise.reject(Object.assign(new Error(reason), { code: reason })),
    });
    await assert.rejects(source.read('file:///x.tif', 0, 1), fails(code));
  }
});

test('other addresses are refused', async () => {
  const source = createByteSource();
  for (const href of ['ftp://host/a.tif', '/vsis3/bucket/key', 'data:,x', '', 's3://bucket', 's3://x/']) {
    await assert.rejects(
      source.read(href, 0, 1),
      (error) => error instanceof GeoCropError && error.code === 'source-missing',
    );
  }
});
