import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describeEdge, edgeStage } from './edge-stage.js';
import { tile } from './scripted-upstream.js';
import { eventually } from '../../queue/eventually.js';

const LONG = JSON.stringify({ text: 'maize '.repeat(500) });
const GZIP = { headers: { 'Accept-Encoding': 'gzip' } };

describeEdge('the edge passes', () => {
  const stage = edgeStage();

  test('who asks, and does not believe who says so', async () => {
    const { upstream, edge, get } = stage;
    await get('/tiles/14/8/1', {
      headers: {
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'evil.example',
        'X-GeoCrop-Key': 'sesame',
      },
    });
    const headers = upstream.came[0]?.headers ?? {};
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], new URL(edge.url).host);
    assert.equal(headers['host'], new URL(edge.url).host);
    assert.equal(headers['x-geocrop-key'], 'sesame');
  });

  test('health each time, and metrics to nobody', async () => {
    const { upstream, get } = stage;
    for (const path of ['/healthz', '/readyz']) {
      upstream.forget();
      await get(path);
      assert.equal((await get(path)).cache, undefined);
      assert.equal(upstream.came.length, 2, path);
    }
    upstream.forget();
    for (const path of ['/metrics', '//metrics', '/%6detrics', '/x/../metrics', '/metrics?a=b']) {
      const answer = await get(path);
      assert.equal(answer.status, 404, path);
      assert.equal((JSON.parse(answer.body.toString()) as { code: string }).code, 'not-found');
    }
    assert.equal(upstream.came.length, 0);
  });

  test('text compressed to who understands it, pictures as they are', async () => {
    const { upstream, get } = stage;
    upstream.script = tile({ body: LONG, headers: { 'Content-Type': 'application/json' } });
    const small = await get('/tilejson.json', GZIP);
    assert.equal(small.headers['content-encoding'], 'gzip');
    assert.equal(small.headers['vary'], 'Accept-Encoding');
    assert.equal(gunzipSync(small.body).toString(), LONG);
    const plain = await get('/tilejson.json');
    assert.equal(plain.cache, 'HIT');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.body.toString(), LONG);
    const weak = String(small.headers['etag']);
    assert.equal(
      (await get('/tilejson.json', { headers: { ...GZIP.headers, 'If-None-Match': weak } })).status,
      304,
    );

    upstream.script = tile({ body: LONG });
    const picture = await get('/tiles/14/8/2', GZIP);
    assert.equal(picture.headers['content-encoding'], undefined);
    assert.equal(picture.headers['vary'], undefined);
    assert.equal(picture.body.toString(), LONG);
  });

  test('what the server has compressed, one entry for all', async () => {
    const { upstream, get } = stage;
    upstream.script = tile({
      body: gzipSync(LONG),
      headers: { 'Content-Type': 'text/javascript', 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' },
    });
    const small = await get('/main-ABCDEFGH.js', GZIP);
    assert.equal(gunzipSync(small.body).toString(), LONG);
    assert.equal(small.headers['vary'], 'Accept-Encoding');
    const plain = await get('/main-ABCDEFGH.js');
    assert.equal(plain.cache, 'HIT');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.headers['vary'], 'Accept-Encoding');
    assert.equal(plain.body.toString(), LONG);
    assert.equal(upstream.came.length, 1);
    assert.equal(upstream.came[0]?.headers['accept-encoding'], 'gzip');
  });

  test('a point as it was asked, and one with a key on it to nobody else', async () => {
    const { upstream, get } = stage;
    const path = '/point/30.5,-17.5?year=2021&wait=10';
    const key = { headers: { 'X-GeoCrop-Key': 'sesame' } };
    assert.equal((await get(path, key)).status, 200);
    assert.equal((await get(path)).cache, 'MISS');
    // nginx has sent an answer a moment before it has kept it.
    await eventually('it is kept', async () => (await get(path)).cache === 'HIT');
    assert.equal((await get(path, key)).cache, 'BYPASS');
    assert.deepEqual([...new Set(upstream.came.map(({ url }) => url))], [path]);
  });

  test('other methods', async () => {
    const { upstream, get } = stage;
    for (const method of ['OPTIONS', 'POST', 'DELETE']) {
      upstream.forget();
      await get('/tiles/14/8/3', { method });
      await get('/tiles/14/8/3', { method });
      assert.deepEqual(
        upstream.came.map((came) => came.method),
        [method, method],
      );
    }
  });

  test('a body that is too large to nobody, and says so as the server does', async () => {
    const { upstream, get } = stage;
    const answer = await get('/statistics', { method: 'POST', headers: { 'Content-Length': '3145728' } });
    assert.equal(answer.status, 413);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal((JSON.parse(answer.body.toString()) as { code: string }).code, 'body-too-large');
    assert.equal(upstream.came.length, 0);
  });

  test('events as they come, one by one, and that a listener has left', async () => {
    const { upstream, edge } = stage;
    let stream: ServerResponse | undefined;
    upstream.script = (response) => {
      stream = response;
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('data: 0\n\n');
    };
    const request = httpGet(`${edge.url}/events?year=2021&_=1`, { agent: false, headers: GZIP.headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(upstream.came[0]?.url, '/events?year=2021&_=1');
    response.setEncoding('utf8');
    for (let at = 0; at < 3; at += 1) {
      // Each has to arrive before the next is written.
      const [data] = (await once(response, 'data')) as [string];
      assert.equal(data, `data: ${at}\n\n`);
      stream?.write(`data: ${at + 1}\n\n`);
    }
    assert.ok(stream !== undefined);
    const gone = once(stream, 'close');
    request.destroy();
    await gone;
  });
});
